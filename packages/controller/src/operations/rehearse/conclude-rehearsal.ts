import {
  forecastMove,
  type LinkRehearsal,
  type MigrationFailure,
  type PhaseReport,
  type Rehearsal,
  rehearsalFailure,
  type RehearsedPhase,
} from '@ferry/model';
import type { Failure, Outputs, RunResult } from '@ferry/workflow';
import type { Store } from '../../store/store.ts';
import { withStepNamesOfNow } from '../context/with-step-names-of-now.ts';
import type { Conclusion } from '../engine/conclude.ts';
import { remedyOf } from '../engine/step-error.ts';
import type { RehearsalInput } from './rehearsal-input.ts';

/** How a link may be off that was measured once. */
const linkSpread = 0.3;

/** Writes down how a rehearsal came to rest and frees the instance. Doing it twice changes nothing. */
export async function concludeRehearsal(
  store: Store,
  id: string,
  input: RehearsalInput,
  result: RunResult<Outputs>,
): Promise<Conclusion> {
  switch (result.kind) {
    case 'stopped':
      return 'stopped';
    case 'done':
      await finish(store, id, input, null);
      await store.operations.close(id, 'done');
      return 'over';
    case 'undone':
      await finish(store, id, input, result.failure);
      await store.migrations.sayCleanUp(
        id,
        `${staysPhase(input)}; all that was prepared is taken back`,
        await messageOf(store, id, result.failure),
      );
      await store.operations.close(id, 'failed');
      return 'over';
    case 'undo-blocked':
      // The guest was never touched, and is free again; what is left on a host is tried again and again.
      await finish(store, id, input, result.because);
      await store.migrations.sayCleanUp(
        id,
        `clean-up waits: ${result.failure.message}`,
        `${await messageOf(store, id, result.because)} Clean-up is not done yet: ${result.failure.message}`,
      );
      return 'waits';
    case 'blocked':
      await store.migrations.setPhase(
        id,
        `blocked: ${result.failure.message} -> ${remedyOf(result.failure)}`,
      );
      return 'waits';
  }
}

/** `failure`: what ended it before its end; null: nothing did, and what it found tells how it went. */
async function finish(
  store: Store,
  id: string,
  { source, target }: RehearsalInput,
  failure: Failure | null,
): Promise<void> {
  const migration = await store.migrations.byId(id);
  if (migration === null || migration.finishedAt !== null) return;
  const found = migration.rehearsal ?? (await partial(store, id));
  if (migration.rehearsal === null) await store.migrations.setRehearsal(id, found);
  await learnLink(store, id, found.link, `a rehearsal from ${source.name} to ${target.name}`);
  const error = failure === null ? rehearsalFailure(found) : errorOf(failure, found);
  const well = failure === null && error === null;
  await store.migrations.finish(id, {
    status: well ? 'completed' : failure?.code === 'aborted' ? 'cancelled' : 'failed',
    phase: well ? `rehearsed; nothing of it is left on ${target.name}` : staysPhase({ source }),
    result: null,
    error,
    power: null,
  });
}

function staysPhase({ source }: Pick<RehearsalInput, 'source'>): string {
  return `the instance runs on at ${source.name}`;
}

/** Why it ended, and what it had found until then: the one must not hide the other. */
function errorOf(failure: Failure, found: Rehearsal): MigrationFailure {
  const before = rehearsalFailure(found);
  const own = { code: failure.code, message: failure.message, remedy: remedyOf(failure) };
  if (before === null) return own;
  return {
    ...own,
    message: `${own.message} Found until then: ${before.message}`,
    remedy: [...new Set([own.remedy, before.remedy])].join(' '),
  };
}

async function messageOf(store: Store, id: string, failure: Failure): Promise<string> {
  const { rehearsal } = (await store.migrations.byId(id)) ?? {};
  return rehearsal === null || rehearsal === undefined
    ? failure.message
    : errorOf(failure, rehearsal).message;
}

/** Of one that ended before its end: what its steps told so far. */
async function partial(store: Store, id: string): Promise<Rehearsal> {
  const phases: PhaseReport[] = [];
  let link: LinkRehearsal = { kind: 'not-measured', because: 'it ended before that' };
  for (const { entry } of withStepNamesOfNow(await store.operations.read(id))) {
    if (entry.kind !== 'step-succeeded') continue;
    const output = entry.output as
      | (Partial<PhaseReport> & { report?: PhaseReport; link?: LinkRehearsal })
      | null;
    // A phase is named as its step is.
    const named = entry.step as RehearsedPhase;
    if (output?.report !== undefined) phases.push({ ...output.report, phase: named });
    if (output?.link !== undefined) ({ link } = output);
    const { phase, elapsedMs, says, problem } = output ?? {};
    if (phase !== undefined && elapsedMs !== undefined && says !== undefined && problem !== undefined)
      phases.push({ phase: named, elapsedMs, says, problem });
  }
  return { phases, link, kept: [], asBefore: false };
}

/** What was measured is the bandwidth of these two hosts for forecasts from now on, its own among them. */
async function learnLink(store: Store, id: string, link: LinkRehearsal, from: string): Promise<void> {
  if (link.kind !== 'measured' || link.limited) return;
  const { bytesPerSecond } = link;
  const stored = await store.forecasts.of(id);
  if (stored === null) return;
  const known = {
    kind: 'known',
    bytesPerSecond: { median: bytesPerSecond, logSpread: linkSpread },
    from,
  } as const;
  const input = stored.input.link.kind === 'known' ? stored.input : { ...stored.input, link: known };
  await store.forecasts.rehearsed(id, { input, forecast: forecastMove(input) }, bytesPerSecond);
}
