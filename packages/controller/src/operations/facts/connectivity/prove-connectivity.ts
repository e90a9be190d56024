import { type ConnectivityReport, parseProbeAddress, type ProbeAddress } from '@ferry/model';
import { type MoveContext, setPhase } from '../../context/move-context.ts';

/** A guest that answers goes on being asked for so long after the move: switches may take a moment to learn. */
const afterwardsMs = 1_000;

/** What was seen before the move. */
export interface ProbeBegun {
  readonly answered: boolean;
}

/** Begins to ask the guest from outside, and sees whether it answers at all. That it does not forbids nothing. */
export async function beginProbe(context: MoveContext): Promise<ProbeBegun | null> {
  const { options, migrationId } = context.input;
  const address = addressOf(context);
  if (address === null) return null;
  const { probes, limits } = context.services;
  await setPhase(context, `ask ${options.probe} whether it answers`);
  return { answered: await probes.begin(migrationId, address).answers(limits.inspectMs, context.signal) };
}

/** Asks no more. */
export function endProbe(context: MoveContext): Promise<void> {
  context.services.probes.end(context.input.migrationId);
  return Promise.resolve();
}

/**
 * Sees whether the guest answers after the move, and how long it did not meanwhile. It has moved, whatever comes out:
 * nothing is undone for it, and it is told in the record.
 */
export async function proveConnectivity(
  context: MoveContext & { readonly output: { readonly 'begin-probe': ProbeBegun | null } },
): Promise<ConnectivityReport | null> {
  const { options, migrationId } = context.input;
  const address = addressOf(context);
  if (address === null || options.probe === null) return null;
  const { probes, limits } = context.services;
  await setPhase(context, `ask ${options.probe} whether it answers after the move`);
  const throughout = probes.has(migrationId);
  const asked = probes.begin(migrationId, address);
  const answeredAfter = await asked.answers(limits.answerMs, context.signal);
  if (answeredAfter) await afterwards(context.signal);
  const { sent, answered, longestGapMs } = asked.seen();
  probes.end(migrationId);
  const answeredBefore = throughout ? (context.output['begin-probe']?.answered ?? false) : null;
  const gap = throughout && answeredBefore === true ? longestGapMs : null;
  return { address: options.probe, answeredBefore, answeredAfter, sent, answered, longestGapMs: gap };
}

function addressOf({ input }: MoveContext): ProbeAddress | null {
  return input.options.probe === null ? null : parseProbeAddress(input.options.probe);
}

async function afterwards(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, afterwardsMs);
  });
  signal.throwIfAborted();
}
