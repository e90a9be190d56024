import { holdsMemory, type HostShows, hostWords, isRunner, isStill } from './host-shows.ts';

/** What all other hosts show together. */
const othersPatterns = {
  anything: () => true,
  nothing: (words) => words.every((word) => word === 'nothing' || word === 'no answer'),
  'nothing, and all answer': (words) => words.every((word) => word === 'nothing'),
  'one or more run it': (words) => words.some(isRunner),
  'two or more run it': (words) => words.filter(isRunner).length > 1,
  'one runs it, no other holds its memory': (words) =>
    words.filter(holdsMemory).length === 1 && words.some(isRunner),
  'one holds its memory': (words) => words.filter(holdsMemory).length === 1,
  'one or more hold its memory': (words) => words.some(holdsMemory),
  'two or more hold its memory': (words) => words.filter(holdsMemory).length > 1,
  'one has it off, the rest answer and have nothing': (words) =>
    words.filter((word) => word === 'off').length === 1 &&
    words.every((word) => word === 'off' || word === 'nothing'),
  'a copy that does not run': (words) => words.some(isStill),
  'one is moving or has a job': (words) =>
    words.some((word) => word === 'moving' || word === 'runs with a job'),
  'post-copy failed on one': (words) => words.includes('post-copy failed'),
} as const satisfies Record<string, (words: readonly HostShows[]) => boolean>;

/** A name of what the other hosts show. */
type OthersShow = keyof typeof othersPatterns;

/** What a row decides. */
type DriftKind =
  | 'as-recorded'
  | 'moved'
  | 'vanished'
  | 'unreachable'
  | 'ambiguous'
  | 'two-runners'
  | 'two-copies'
  | 'stale-copy'
  | 'wait';

/** Why it cannot be told. */
export type AmbiguousBecause =
  | 'post-copy failed'
  | 'may run on both'
  | 'stands still'
  | 'moved out of sight'
  | 'paused elsewhere'
  | 'several definitions';

/** One row: what its own host shows, what the others show, and what follows. */
export interface DriftRow {
  readonly itsHost: readonly HostShows[];
  readonly others: OthersShow;
  readonly drift: DriftKind;
  readonly because: AmbiguousBecause | null;
}

const living: readonly HostShows[] = ['runs', 'paused', 'unclear'];
const off: readonly HostShows[] = ['off', 'off as failed'];
const left: readonly HostShows[] = ['off as migrated', 'nothing'];

/**
 * The drift rule, from top to bottom: the first row that fits holds. Two that run come first, whatever else is so;
 * then what is still on its way; that an instance was moved is only said when its own host answers and does not hold it.
 */
export const driftTable: readonly DriftRow[] = [
  row(['runs', 'runs with a job'], 'one or more run it', 'two-runners'),
  row(hostWords, 'two or more run it', 'two-runners'),
  row(['post-copy failed'], 'anything', 'ambiguous', 'post-copy failed'),
  row(hostWords, 'post-copy failed on one', 'ambiguous', 'post-copy failed'),
  row(['runs with a job'], 'nothing', 'as-recorded'),
  row(['runs with a job', 'moving'], 'anything', 'wait'),
  row(hostWords, 'one is moving or has a job', 'wait'),
  row(['stands still'], 'one runs it, no other holds its memory', 'moved'),
  row([...living, 'stands still'], 'one or more hold its memory', 'two-copies'),
  row(hostWords, 'two or more hold its memory', 'two-copies'),
  row(['no answer'], 'one holds its memory', 'ambiguous', 'may run on both'),
  row(['no answer'], 'anything', 'unreachable'),
  row(living, 'a copy that does not run', 'stale-copy'),
  row(living, 'nothing', 'as-recorded'),
  row(off, 'one runs it, no other holds its memory', 'moved'),
  // It may have run on at its own host and been shut down there: then what is paused elsewhere is old.
  row(off, 'one holds its memory', 'ambiguous', 'paused elsewhere'),
  row(off, 'a copy that does not run', 'stale-copy'),
  row(off, 'nothing', 'as-recorded'),
  row(left, 'one holds its memory', 'moved'),
  row(left, 'one has it off, the rest answer and have nothing', 'moved'),
  row(['nothing'], 'nothing, and all answer', 'vanished'),
  row(['nothing'], 'nothing', 'unreachable'),
  row(['nothing'], 'anything', 'ambiguous', 'several definitions'),
  row(['off as migrated'], 'anything', 'ambiguous', 'moved out of sight'),
  row(['stands still'], 'anything', 'ambiguous', 'stands still'),
];

/** The first row that fits. */
export function driftRow(itsHost: HostShows, others: readonly HostShows[]): DriftRow {
  const found = driftTable.find((one) => one.itsHost.includes(itsHost) && othersPatterns[one.others](others));
  if (found === undefined) throw new Error(`no row of the drift table fits ${itsHost}, ${others.join(', ')}`);
  return found;
}

function row(
  itsHost: readonly HostShows[],
  others: OthersShow,
  drift: DriftKind,
  because: AmbiguousBecause | null = null,
): DriftRow {
  return { itsHost, others, drift, because };
}
