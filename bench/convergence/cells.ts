import type { SetPolicyBody } from '@ferry/api';
import type { LabGuest } from '@ferry/lab';

const mebibyte = 1024 * 1024;

/** What a guest does while it is moved. */
export interface Load {
  readonly name: string;
  readonly says: string;
  readonly storage: 'shared' | 'local';
  /** Begins it; gives what ends it. */
  begin(guest: LabGuest): Promise<() => Promise<void>>;
}

/** A link between the hosts; null: as fast as the machine has it. */
export interface Link {
  readonly name: string;
  readonly bitsPerSecond: number | null;
}

/** One of Ferry's policies, or of virsh's options. */
export type Way =
  | {
      readonly by: 'ferry';
      readonly name: string;
      /** Null: no policy is named. */
      readonly values: SetPolicyBody['values'] | null;
      /** What the guest may stand still at most; null: it is not said. */
      readonly budgetMs: number | null;
    }
  | { readonly by: 'virsh'; readonly name: string; readonly options: readonly string[] };

/** Guests have that much. */
export const guestMib = 256;

const quiet = async (guest: LabGuest): Promise<void> => {
  await guest.dirty(0, 0);
};

function writing(name: string, says: string, mib: number, mibPerSecond: number): Load {
  const begin = async (guest: LabGuest): Promise<() => Promise<void>> => {
    await guest.dirty(mib, mibPerSecond);
    return () => quiet(guest);
  };
  return { name, says, storage: 'shared', begin };
}

/** Each 20 s another set and another rate. */
const phaseMs = 20_000;
const phases: Load = {
  name: 'phases',
  says: `8 MiB at 10 MiB/s and 96 MiB at 200 MiB/s, ${phaseMs / 1000} s each, in turn`,
  storage: 'shared',
  begin: async (guest) => {
    const turns = [
      [8, 10],
      [96, 200],
    ] as const;
    let turn = 0;
    const next = (): Promise<void> => {
      const [mib, rate] = turns[turn % 2] ?? turns[0];
      return guest.dirty(mib, rate);
    };
    await next();
    const timer = setInterval(() => {
      turn += 1;
      // While it is switched over it hears nothing: the next turn tells it.
      next().catch(() => undefined);
    }, phaseMs);
    return async () => {
      clearInterval(timer);
      await quiet(guest);
    };
  },
};

const diskKib = 4096;
/** All of them; MiB a second is what is asked for, under emulation less comes of it. */
export const loads: readonly Load[] = [
  writing('idle', 'nothing but its own clock', 0, 0),
  writing('small-hot-set', '16 MiB at 200 MiB/s', 16, 200),
  writing('large-hot-set', '96 MiB at 200 MiB/s', 96, 200),
  writing('sweep', '160 MiB from end to end at 20 MiB/s', 160, 20),
  phases,
  {
    name: 'disk-writes',
    says: `${diskKib / 1024} MiB/s to a local disk, which is copied with it`,
    storage: 'local',
    begin: async (guest) => {
      await guest.writeDisk(diskKib);
      return () => guest.writeDisk(0);
    },
  },
];

export const links: readonly Link[] = [
  { name: 'unshaped', bitsPerSecond: null },
  { name: '1 Gbit/s', bitsPerSecond: 1_000_000_000 },
  { name: '200 Mbit/s', bitsPerSecond: 200_000_000 },
];

/** In which order they are tried in a cell. */
export const ways: readonly Way[] = [
  { by: 'ferry', name: 'ferry, no policy', values: null, budgetMs: null },
  {
    by: 'ferry',
    name: 'ferry, no post-copy',
    values: { maxDowntimeMs: 1_000, maxPauseMs: 3_000, whenStalled: 'pause', postCopy: 'never' },
    budgetMs: 3_000,
  },
  {
    by: 'ferry',
    name: 'ferry, tight budget',
    values: { maxDowntimeMs: 150, whenStalled: 'abort', postCopy: 'never' },
    budgetMs: 150,
  },
  {
    by: 'ferry',
    name: 'ferry, deadline',
    values: { maxDowntimeMs: 500, deadlineMs: 30_000, whenStalled: 'post-copy', postCopy: 'ask' },
    budgetMs: null,
  },
  { by: 'virsh', name: 'virsh', options: [] },
  { by: 'virsh', name: 'virsh --auto-converge', options: ['--auto-converge'] },
  {
    by: 'virsh',
    name: 'virsh --postcopy --timeout',
    options: ['--postcopy', '--timeout', '20', '--timeout-postcopy'],
  },
  { by: 'virsh', name: 'virsh --timeout-suspend', options: ['--timeout', '20', '--timeout-suspend'] },
];

/** A policy as it is set for a link: Ferry's operator says what that carries, where it is known. */
export function policyFor(values: SetPolicyBody['values'], { bitsPerSecond }: Link): SetPolicyBody['values'] {
  if (bitsPerSecond === null) return values;
  // What TCP leaves of it.
  const carried = Math.floor((bitsPerSecond / 8 / mebibyte) * 0.94) * mebibyte;
  return { ...values, linkBytesPerSecond: carried };
}

/** Cells whose name `guest @ link` has one of the words, parted by semicolons; all when nothing is said. */
export function isWanted(load: Load, link: Link, words: string | undefined): boolean {
  const name = `${load.name} @ ${link.name}`;
  return words === undefined || words.split(';').some((word) => name.includes(word.trim()));
}
