import type { MigrationBody, MoveBody } from '@ferry/api';
import { openOperations } from '@ferry/controller/test-database';
import { describe, expect, test } from 'vitest';
import { type Act, acts, AdminsGuest } from './second-admin.ts';
import { Stage, until } from './world.ts';

/** A kind of move, and the guest that makes it one. */
interface Kind {
  readonly name: string;
  readonly directory: '/images' | '/shared';
  readonly state?: 'shutoff';
  readonly move: MoveBody;
  readonly resize?: true;
}

const live: MoveBody = { kind: 'live-migration', host: 'compute12' };
const cold: MoveBody = { kind: 'cold-migration', host: 'compute12', shutdownTimeoutMs: 0 };

const kinds: readonly Kind[] = [
  { name: 'live on shared disks', directory: '/shared', move: live },
  { name: 'live with its disks', directory: '/images', move: live },
  { name: 'cold', directory: '/images', move: cold },
  { name: 'cold on shared disks', directory: '/shared', move: cold },
  { name: 'cold of one that is off', directory: '/images', state: 'shutoff', move: cold },
  { name: 'warm', directory: '/images', move: { ...cold, warm: true } },
  { name: 'held', directory: '/images', move: { ...cold, hold: true } },
  { name: 'held on shared disks', directory: '/shared', move: { ...cold, hold: true } },
];

/** When somebody does it: the call of a host before which that is, and where the guest is by then. */
interface Moment {
  readonly name: string;
  readonly at: readonly [host: string, method: string];
  readonly guestOn: 'compute11' | 'compute12';
}

const early: Moment = {
  name: 'when the move has just begun',
  at: ['compute11', 'domains.setAutostart'],
  guestOn: 'compute11',
};
const moments = {
  'live-migration': [
    early,
    { name: 'while files are brought', at: ['compute12', 'storage.makeFile'], guestOn: 'compute11' },
    { name: 'while it is sent', at: ['compute12', 'migration.finish'], guestOn: 'compute11' },
    { name: 'once it runs there', at: ['compute12', 'domains.vcpuTimeNs'], guestOn: 'compute12' },
  ],
  'cold-migration': [
    { name: 'while bases are copied', at: ['compute12', 'storage.makeFile'], guestOn: 'compute11' },
    early,
    { name: 'once it is off', at: ['compute11', 'domains.records'], guestOn: 'compute11' },
    {
      name: 'right before it starts there',
      at: ['compute12', 'domains.ensureStarted'],
      guestOn: 'compute12',
    },
    { name: 'once it runs there', at: ['compute12', 'domains.vcpuTimeNs'], guestOn: 'compute12' },
  ],
} satisfies Readonly<Record<string, readonly Moment[]>>;

const decisions = ['confirm', 'revert'] as const;

const rests = (one: MigrationBody): boolean =>
  one.finishedAt !== null || one.phase.startsWith('blocked:') || one.status === 'finished';

/** Waits until it is over, or held, or waits for a person; a held one is decided then. */
async function ended(
  stage: Stage,
  id: string,
  decision: 'confirm' | 'revert' | null,
): Promise<MigrationBody> {
  const first = await stage.migrationWhen(id, 'rests', rests);
  if (first.status !== 'finished' || decision === null) return first;
  await stage.client().decideMigration(id, decision);
  return stage.migrationWhen(
    id,
    'is decided',
    (one) =>
      one.finishedAt !== null ||
      one.phase.startsWith('blocked:') ||
      (one.status === 'finished' && one.error !== null),
  );
}

/** Files of a host that were not there before and that nothing says. */
async function unsaid(
  stage: Stage,
  end: MigrationBody,
  before: Record<string, string[]>,
  by: readonly string[],
): Promise<string[]> {
  const { kept, error, phase } = await stage.client().migration(end.id);
  const said = kept.map(({ host, path }) => `${path} on ${host}`);
  const words = `${error?.message ?? ''} ${phase}`;
  const { host } = await stage.client().instance('web');
  const gone = ['compute11', 'compute12'].filter(
    (name) => name !== host && !words.includes(`lean-up on ${name} `),
  );
  return gone
    .flatMap((name) =>
      stage
        .files(name, '/')
        .filter((path) => !path.startsWith('/shared'))
        .map((path) => [name, path] as const),
    )
    .filter(
      ([name, path]) =>
        !/base|mid/.test(path) && (name === 'compute11' || before[name]?.includes(path) !== true),
    )
    .filter(([, path]) => !by.some((one) => path.endsWith(one)))
    .filter(([name, path]) => !said.includes(`${path} on ${name}`) && !words.includes(path))
    .map(([name, path]) => `${path} on ${name}`);
}

/** What is lost, runs twice or is left unsaid, with all that is known of it. */
async function tryAct(
  kind: Kind,
  act: Act,
  moment: Moment,
  decision: 'confirm' | 'revert' | null,
): Promise<string[]> {
  await using stage = await Stage.open();
  const guest = new AdminsGuest(stage, kind.directory, kind.state ?? 'running');
  if (act === 'snapshot-delete') {
    const xml = '<domainsnapshot><name>s</name></domainsnapshot>';
    const domain = guest.at('compute11');
    if (domain !== null) domain.records = { snapshots: [{ name: 's', xml, current: true }], checkpoints: [] };
  }
  await stage.client().adoptInstance({ host: 'compute11', domain: guest.id });
  const before = Object.fromEntries(['compute11', 'compute12'].map((host) => [host, stage.files(host, '/')]));
  let done: boolean | null = null;
  const [at, method] = moment.at;
  stage.world.faults.before(at, method, () => {
    done = guest.act(act, moment.guestOn, moment.guestOn === 'compute11' ? 'compute12' : 'compute11');
  });
  const { id } = await stage.client().migrate('web', kind.move);
  const end = await ended(stage, id, decision);
  // What waits for a person is said, and stays as it is until then.
  if (end.finishedAt !== null)
    await until('nothing is done any more', async () => {
      const { phase } = await stage.client().migration(id);
      return phase.includes('waits') || (await openOperations(stage.database)) === 0 ? true : null;
    });
  const by = ['elsewhere.qcow2', 'later.qcow2', 'more.img'];
  const shown = {
    done,
    status: end.status,
    phase: end.phase,
    error: end.error?.message,
    kept: end.kept.map(({ path, because }) => `${path}: ${because}`),
    files: stage.hosts(),
  };
  const instance = await stage.client().instance('web');
  const away = act.startsWith('migrate') && done === true;
  const host = away && guest.at('compute13') !== null ? 'compute13' : instance.host;
  const deleted = act.startsWith('vol-delete') && done === true ? 'vdb' : null;
  const problems = [
    ...guest.lost(host, deleted),
    ...(stage.world.runners(guest.id).length > 1 ? ['it runs twice'] : []),
    ...(away || end.finishedAt === null ? [] : await unsaid(stage, end, before, by)),
  ];
  return problems.length === 0 ? [] : [...problems, JSON.stringify(shown)];
}

describe.each(kinds)('$name', (kind) => {
  const at: readonly Moment[] =
    moments[kind.move.kind === 'live-migration' ? 'live-migration' : 'cold-migration'];
  // libvirt moves no snapshots live, and a warm copy takes none.
  const known = acts.filter(
    (act) => act !== 'snapshot-delete' || (kind.move.kind === 'cold-migration' && kind.move.warm !== true),
  );
  const cases = known.flatMap((act, number) =>
    at.flatMap((moment, index) =>
      (kind.move.hold === true ? decisions : [null]).map((decision, which) => ({
        act,
        moment,
        decision,
        when: moment.name,
        // The gate has each act in every third kind, at another moment than in the next; a part has all.
        isInGate:
          (number + kinds.indexOf(kind)) % 3 === 0 && (number + index) % at.length === 0 && which === 0,
      })),
    ),
  );
  for (const inGate of [true, false])
    test.concurrent.each(cases.filter(({ isInGate }) => isInGate === inGate))(
      '$act $when $decision',
      { tags: inGate ? [] : ['thorough'], timeout: 120_000 },
      async ({ act, moment, decision }) => {
        expect(await tryAct(kind, act, moment, decision)).toEqual([]);
      },
    );
});
