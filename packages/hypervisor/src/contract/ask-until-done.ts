/**
 * How long a guest has before it is asked once more, milliseconds: one that boots misses what it is asked. As Nova's libvirt
 * driver: `_clean_shutdown` retries each 10 s, `device_detach_timeout` is 20 s.
 */
export const askAgainAfterMs = { powerOff: 10_000, unplug: 20_000 } as const;

/** How often a guest is asked within that time: at its beginning, and after each pause. */
export function timesAsked(withinMs: number, askAgainMs: number): number {
  return Math.ceil(withinMs / askAgainMs);
}

interface Asking {
  /** One request; what it throws ends the asking. */
  readonly ask: () => Promise<void>;
  readonly isDone: () => Promise<boolean>;
  readonly withinMs: number;
  readonly askAgainMs: number;
  readonly pollMs: number;
  readonly signal: AbortSignal | undefined;
}

/** Asks, and again after each pause, and looks meanwhile: whether it was done within the time. It is asked once at least. */
export async function askUntilDone(asking: Asking): Promise<boolean> {
  const { ask, isDone, withinMs, askAgainMs, pollMs, signal } = asking;
  const began = performance.now();
  for (let asked = 0; ; ) {
    const passedMs = performance.now() - began;
    if (passedMs >= asked * askAgainMs && (asked === 0 || passedMs < withinMs)) {
      asked += 1;
      await ask();
    }
    if (await isDone()) return true;
    if (performance.now() - began >= withinMs) return false;
    await new Promise((resolve) => {
      setTimeout(resolve, pollMs);
    });
    signal?.throwIfAborted();
  }
}

/** Why a disk was not taken from a guest that runs: how often it was asked, for how long, and what its host said last. */
export function guestKeepsDisk(waitMs: number, refusal: string | null = null): string {
  const times = timesAsked(waitMs, askAgainAfterMs.unplug);
  const said = refusal === null ? '' : ` (${refusal})`;
  return `the guest does not let go of it: it was asked ${times} times within ${waitMs / 1000} s${said}`;
}
