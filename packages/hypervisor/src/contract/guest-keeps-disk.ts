import { askAgainAfterMs, timesAsked } from './ask-until-done.ts';

/** Why a disk was not taken from a guest that runs: how often it was asked, for how long, and what its host said last. */
export function guestKeepsDisk(waitMs: number, refusal: string | null = null): string {
  const times = timesAsked(waitMs, askAgainAfterMs.unplug);
  const said = refusal === null ? '' : ` (${refusal})`;
  return `the guest does not let go of it: it was asked ${times} times within ${waitMs / 1000} s${said}`;
}
