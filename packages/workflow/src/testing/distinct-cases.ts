import { foldLog, type OperationState } from '../state.ts';
import type { Crash, Moment, TortureCase } from './torture.ts';

/** How much of what crashes leave is tried. */
export type Thoroughness =
  /** One case for each state that a crash can leave and each failure that comes after it. */
  | 'every failure after a crash'
  /** After a crash only the failure at the pivot, which takes back the most, and that of the step at hand. */
  | 'one failure after a crash';

/** What is left of many cases. */
export interface DistinctCases {
  readonly cases: readonly TortureCase[];
  /** How many were the same as one of these. */
  readonly same: number;
  /** How many were left out beside. */
  readonly leftOut: number;
}

/**
 * Of the cases of one workflow in which the process stops in the same state only the first.
 *
 * A process that starts anew has nothing but the log and what it finds in the world, and the engine goes by what the log
 * folds to. So when these are equal, and the same failure is still to come, two crashes have one sequel, and are one case.
 * Whether they are equal is seen in a run of each kind, before each of its records: where nothing happens between two
 * records, to stop after the one is to stop before the other. An operation that undoes calls no `do` any more, and an undo
 * gets the outputs of the steps up to its own: there, what failed and what was done beyond counts by what it left in the
 * world.
 */
export async function distinctCases(
  cases: readonly TortureCase[],
  thoroughness: Thoroughness = 'every failure after a crash',
): Promise<DistinctCases> {
  const runs = new Map<string, readonly Moment[]>();
  const seen = new Set<string>();
  const kept: TortureCase[] = [];
  let same = 0;
  let leftOut = 0;
  for (const one of cases) {
    const stop = one.crash === undefined ? null : await stopOf(one.crash, runs);
    if (stop !== null && seen.has(stop.key)) same += 1;
    else if (thoroughness === 'one failure after a crash' && stop?.failsLater === true) leftOut += 1;
    else kept.push(one);
    if (stop !== null) seen.add(stop.key);
  }
  return { cases: kept, same, leftOut };
}

/** What the process leaves; null where the world does not tell. */
async function stopOf(
  crash: Crash,
  runs: Map<string, readonly Moment[]>,
): Promise<{ readonly key: string; readonly failsLater: boolean } | null> {
  const moments = runs.get(crash.run) ?? (await crash.watch());
  runs.set(crash.run, moments);
  const point = crash.point();
  const met = moments.find(({ record }) => point.at(record));
  if (met === undefined) return null;
  const state = foldLog(point.moment === 'before' ? met.before : [...met.before, met.record]);
  const key = withoutChance(JSON.stringify([sequel(state, crash.run), met.world]));
  return { key, failsLater: failsLater(state, crash) };
}

/** All of a state that decides how it goes on. */
function sequel(state: OperationState, variant: string): unknown {
  if (state.kind !== 'undo-ready' && state.kind !== 'undoing') return { state, variant };
  const { kind, at, attempts, failures, input, output, plan } = state;
  const upTo = plan.steps.slice(0, at + 1).map(({ name }) => [name, output[name]]);
  return { kind, at, attempts, failures, input, upTo };
}

/** Ids that were made up are told by the order in which they come; times are no state. */
function withoutChance(text: string): string {
  const known = new Map<string, string>();
  const timeless = text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME');
  return timeless.replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, (id) => {
    const name = known.get(id) ?? `id-${known.size + 1}`;
    known.set(id, name);
    return name;
  });
}

/** Whether a step before the pivot fails that is not at hand yet. */
function failsLater(state: OperationState, { breaks }: Crash): boolean {
  if (breaks?.role !== 'before') return false;
  if (state.kind === 'absent') return true;
  if (state.kind !== 'ready' && state.kind !== 'doing') return false;
  return state.plan.steps[state.at]?.name !== breaks.name;
}
