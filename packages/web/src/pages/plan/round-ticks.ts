const [second, minute, hour, day] = [1_000, 60_000, 3_600_000, 86_400_000];

/** Steps that people count time by, in milliseconds. */
const steps = [
  [1, 2, 5, 10, 20, 50, 100, 200, 500],
  [1, 2, 5, 10, 15, 30].map((count) => count * second),
  [1, 2, 5, 10, 15, 30].map((count) => count * minute),
  [1, 2, 3, 6, 12].map((count) => count * hour),
].flat();

/** Round times from 0 to `totalMs` for an axis: at most so many beside the first, whole days where it is longer than all steps. */
export function roundTicks(totalMs: number, most = 5): number[] {
  const step = steps.find((one) => totalMs / one <= most) ?? Math.ceil(totalMs / most / day) * day;
  return Array.from({ length: Math.floor(totalMs / step) + 1 }, (_, index) => index * step);
}
