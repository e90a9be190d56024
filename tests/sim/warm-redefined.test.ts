import type { MigrationBody, MoveBody } from '@ferry/api';
import type { Fault } from '@ferry/hypervisor/simulated';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { Stage } from './world.ts';

const warm: MoveBody = { kind: 'cold-migration', host: 'compute12', warm: true };
const image = '/images/web-1.qcow2';

/** Where a move is cut short. */
interface Moment {
  readonly method: string;
  readonly fault: Fault;
  readonly meanwhile?: (stage: Stage, migration: string) => Promise<unknown>;
  /** Whether the guest writes to its overlay then. */
  readonly writes?: boolean;
}

const bulk: Moment = { method: 'shell.sendRest', fault: 'hang' };
/** The overlay stands, and the controller has not heard of it. */
const snapshot: Moment = { method: 'overlays.ensureOverlays', fault: 'reply-hangs' };
/** It is written down that overlays are merged, and nothing is merged yet. */
const merge: Moment = {
  method: 'overlays.ensureMerged',
  fault: 'hang',
  meanwhile: async (stage, migration) => {
    stage.world.faults.plan('compute11', 'shell.sendRest', 'hang');
    await stage.struck('compute11', 'shell.sendRest');
    await stage.client().abortMigration(migration);
  },
};

/** A guest whose warm move is cut short while its bulk is copied, when it has written to its overlay. */
interface CutShort {
  readonly id: string;
  readonly migration: string;
  readonly overlay: string;
  /** Its definition before the move, which names its own image. */
  readonly before: string;
}

/** The controller ends while that call of the source is under way; what the guest writes then goes to its overlay. */
async function cutShort(stage: Stage, at = bulk): Promise<CutShort> {
  for (const host of stage.world.hosts.values()) host.shell = { python: '3.11.2', zstd: true, root: true };
  const id = await stage.guest({ name: 'web' });
  const { domains, directories } = stage.world.host('compute11');
  const before = domains.get(id)?.xml ?? '';
  stage.world.faults.plan('compute11', at.method, at.fault);
  const { id: migration } = await stage.client().migrate('web', warm);
  await at.meanwhile?.(stage, migration);
  await stage.struck('compute11', at.method);
  await stage.crash();
  const [, overlay = ''] = /<source file='([^']*)'/.exec(domains.get(id)?.xml ?? '') ?? [];
  const file = directories.get('/images')?.get(overlay.slice('/images/'.length));
  if (file === undefined) throw new Error('it has no overlay');
  if (at.writes !== false) file.content += ' and more';
  return { id, migration, overlay, before };
}

/** Somebody defines it, in whatever state. */
function define(stage: Stage, { id }: CutShort, xml: string, state: 'running' | 'shutoff'): void {
  stage.world.host('compute11').domains.delete(id);
  stage.world.addDomain('compute11', xml, state);
}

function asked(stage: Stage, { migration, overlay }: CutShort): Promise<MigrationBody> {
  return stage.migrationWhen(
    migration,
    'names the overlay',
    ({ phase }) => phase.includes(overlay) && phase.includes('ferry instance forget'),
  );
}

/** What it waits for is looked at again and again. */
async function lookedAtAgain(stage: Stage): Promise<void> {
  for (let time = 0; time < 3; time += 1)
    await stage.calledSince(stage.world.faults.calls.length, 'compute11', 'domains.observe');
}

function contentOf(stage: Stage, path: string): unknown {
  return (stage.hosts()['compute11']?.files[path] as { content?: string } | undefined)?.content;
}

test('ended, undefined and defined again as it was before: what it wrote since is neither lost nor taken for merged', async () => {
  await using stage = await Stage.open();
  const guest = await cutShort(stage);
  const { domains } = stage.world.host('compute11');
  domains.delete(guest.id);
  await stage.start();
  expect((await asked(stage, guest)).phase).toContain('ferry instance forget web');
  define(stage, guest, guest.before, 'shutoff');
  await lookedAtAgain(stage);
  expect(contentOf(stage, guest.overlay)).toBe(' and more');
  expect((await asked(stage, guest)).phase).toContain(`stands on ${image}`);
  define(stage, guest, guest.before.replace(image, guest.overlay), 'shutoff');
  await stage.quiet();
  expect(contentOf(stage, image)).toBe('what web wrote and more');
  expect(domains.get(guest.id)).toMatchObject({ state: 'shutoff', xml: guest.before });
  expect(stage.files('compute11')).toEqual(['/images/base.qcow2', image]);
  expect(stage.files('compute12')).toEqual([]);
});

test.each(['running', 'shutoff'] as const)(
  'defined as before and %s when Ferry looks again: no new overlay takes the place of the one with its data',
  async (state) => {
    await using stage = await Stage.open();
    const guest = await cutShort(stage);
    define(stage, guest, guest.before, state);
    await stage.start();
    expect((await asked(stage, guest)).phase).toContain('ferry instance forget web');
    await lookedAtAgain(stage);
    expect(contentOf(stage, guest.overlay)).toBe(' and more');
    expect(stage.world.host('compute11').domains.get(guest.id)).toMatchObject({ state });
    // Somebody has looked at it, and does not want it.
    stage.world.host('compute11').directories.get('/images')?.delete(guest.overlay.slice('/images/'.length));
    await stage.quiet();
    expect(await stage.client().migration(guest.migration)).toMatchObject({
      error: { code: 'disks-changed' },
    });
    expect(contentOf(stage, image)).toBe('what web wrote');
    expect(stage.files('compute12')).toEqual([]);
  },
);

test('ended and undefined in the bulk, and defined again after it: it is off then, and Ferry does not start it on its own image', async () => {
  await using stage = await Stage.open();
  const guest = await cutShort(stage);
  const { faults } = stage.world;
  faults.before('compute11', 'domains.domain', () => {
    stage.world.host('compute11').domains.delete(guest.id);
  });
  await stage.start();
  expect((await asked(stage, guest)).phase).toContain('ferry instance forget web');
  define(stage, guest, guest.before, 'shutoff');
  await lookedAtAgain(stage);
  expect(stage.world.runners(guest.id)).toEqual([]);
  expect(contentOf(stage, guest.overlay)).toBe(' and more');
  define(stage, guest, guest.before.replace(image, guest.overlay), 'shutoff');
  await stage.quiet();
  expect(contentOf(stage, image)).toBe('what web wrote and more');
  expect(stage.world.runners(guest.id)).toEqual([]);
});

test('forgotten then: what it wrote stays where it is', async () => {
  await using stage = await Stage.open();
  const guest = await cutShort(stage);
  define(stage, guest, guest.before, 'shutoff');
  await stage.start();
  await asked(stage, guest);
  await stage.client().forgetInstance('web');
  await stage.quiet();
  expect(contentOf(stage, guest.overlay)).toBe(' and more');
  expect(stage.files('compute12')).toEqual([]);
});

describe.each([
  ['its first overlay stands, which nobody has written down', snapshot],
  ['its overlay is about to be merged', merge],
])('the controller ends when %s', (_what, moment) => {
  test.each(['running', 'shutoff'] as const)(
    'defined as before and %s: the overlay is neither made anew nor taken for merged',
    async (state) => {
      await using stage = await Stage.open();
      const guest = await cutShort(stage, moment);
      define(stage, guest, guest.before, state);
      await stage.start();
      expect((await asked(stage, guest)).phase).toContain(`stands on ${image}`);
      await lookedAtAgain(stage);
      expect(contentOf(stage, guest.overlay)).toBe(' and more');
      expect(stage.world.host('compute11').domains.get(guest.id)).toMatchObject({ state });
      define(stage, guest, guest.before.replace(image, guest.overlay), state);
      await stage.quiet();
      expect(contentOf(stage, image)).toBe('what web wrote and more');
      expect(stage.files('compute11')).toEqual(['/images/base.qcow2', image]);
      expect(stage.files('compute12')).toEqual([]);
    },
  );

  test('left alone: it goes on, and nothing is asked', async () => {
    await using stage = await Stage.open();
    const guest = await cutShort(stage, moment);
    await stage.start();
    await stage.quiet();
    const host = moment === merge ? 'compute11' : 'compute12';
    expect(stage.world.runners(guest.id)).toEqual([host]);
    expect(stage.hosts()[host]?.files[image]).toMatchObject({ content: 'what web wrote and more' });
    expect(stage.files('compute11')).toHaveLength(moment === merge ? 2 : 1);
  });
});

test('an overlay that nothing was written to is made anew, and nobody is asked', async () => {
  await using stage = await Stage.open();
  const guest = await cutShort(stage, { ...snapshot, writes: false });
  define(stage, guest, guest.before, 'running');
  await stage.start();
  await stage.quiet();
  expect(await stage.client().migration(guest.migration)).toMatchObject({ status: 'confirmed' });
  expect(stage.hosts()['compute12']?.files[image]).toMatchObject({ content: 'what web wrote' });
  expect(stage.files('compute11')).toEqual(['/images/base.qcow2']);
});

test('begun by a former version, which wrote it among the paths that it had made: what it wrote down counts on', async () => {
  await using stage = await Stage.open({}, { database: null });
  const guest = await cutShort(stage);
  const database = new DatabaseSync(join(stage.dataDirectory, 'ferry.db'));
  database.exec(`
    update migration set made = json_insert(made, '$[#]', 'overlays of round 1');
    alter table migration drop column rounds;
    delete from kysely_migration where name >= '0043';`);
  database.close();
  define(stage, guest, guest.before, 'shutoff');
  await stage.start();
  expect((await asked(stage, guest)).phase).toContain(`stands on ${image}`);
  const upgraded = new DatabaseSync(join(stage.dataDirectory, 'ferry.db'), { readOnly: true });
  const [{ made, rounds }] = upgraded.prepare('select made, rounds from migration').all() as [
    { made: string; rounds: string },
  ];
  upgraded.close();
  expect(made).not.toContain('overlays');
  expect(JSON.parse(rounds)).toMatchObject({ begun: 1 });
  define(stage, guest, guest.before.replace(image, guest.overlay), 'shutoff');
  await stage.quiet();
  expect(contentOf(stage, image)).toBe('what web wrote and more');
});
