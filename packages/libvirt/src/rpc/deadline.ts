/** Node fires timers longer than this at once. */
const longestTimerMs = 2 ** 31 - 1;

/** Calls back after so many milliseconds, however many they are (`Infinity`: never). The result cancels it. */
export function startDeadline(deadlineMs: number, onExpire: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const arm = (restMs: number): void => {
    if (restMs > longestTimerMs) timer = setTimeout(() => arm(restMs - longestTimerMs), longestTimerMs);
    else timer = setTimeout(onExpire, restMs);
  };
  if (deadlineMs !== Number.POSITIVE_INFINITY) arm(deadlineMs);
  return () => clearTimeout(timer);
}
