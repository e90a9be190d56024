import { setTimeout as sleep } from 'node:timers/promises';
import { abortable, type MoveContext, setPhase, setStatus } from '../context/move-context.ts';

/** Pause between two looks at the clock: it may be set, and a machine may have slept. */
const lookMs = 5_000;

/** Holds the move until the hour that was chosen when it was accepted; a restarted controller goes on waiting. Can be aborted. */
export async function waitForQuiet(context: MoveContext): Promise<void> {
  const { quiet = null } = context.input;
  if (quiet === null) return;
  const { store } = context.services;
  const leftMs = (): number => Date.parse(quiet.at) - Date.parse(store.now());
  if (leftMs() <= 0) return;
  const waits = `waits until ${quiet.at} for its guest to be quiet (before ${quiet.before}): ${quiet.because}`;
  // A cold migration has no status for it: it stays accepted.
  if (context.input.plan.form === 'cold') await setPhase(context, waits);
  else await setStatus(context, 'queued', waits);
  await abortable(context, async (signal) => {
    for (let left = leftMs(); left > 0; left = leftMs())
      await sleep(Math.min(left, lookMs), undefined, { signal });
  });
}
