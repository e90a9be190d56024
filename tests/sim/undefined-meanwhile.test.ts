import type { MigrationBody, MoveBody } from '@ferry/api';
import type { SimulatedDomain } from '@ferry/hypervisor/simulated';
import { expect, test } from 'vitest';
import { Stage } from './world.ts';

const cold: MoveBody = { kind: 'cold-migration', host: 'compute12' };

function at(stage: Stage, id: string, host = 'compute11'): SimulatedDomain | undefined {
  return stage.world.host(host).domains.get(id);
}

/** `virsh undefine`: one that runs lives on without a definition. */
function undefine(stage: Stage, id: string): void {
  const domain = at(stage, id);
  if (domain?.state === 'running') domain.persistent = false;
  else stage.world.host('compute11').domains.delete(id);
}

/** When its bases are copied, or it itself once it was powered off. */
type Moment = 'with its bases' | 'with its disks';

async function moveWhile(
  stage: Stage,
  move: MoveBody,
  moment: Moment,
  what: () => void,
): Promise<MigrationBody> {
  const { faults } = stage.world;
  const happens = (): void => faults.before('compute12', 'storage.writeImage', what);
  if (moment === 'with its bases') happens();
  else faults.before('compute11', 'domains.ensureShutOff', happens);
  const { id } = await stage.client().migrate('web', move);
  return stage.migrationWhen(
    id,
    'is over, or waits',
    (one) => one.finishedAt !== null || one.phase.includes('undefined it'),
  );
}

test.each([
  [true, true],
  [true, false],
  [false, false],
])(
  'undefined while its files are copied: it is defined again as it was, and started (autostart %s, was off %s)',
  async (autostart, wasOff) => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web', autostart, state: wasOff ? 'shutoff' : 'running' });
    const before = at(stage, id)?.xml;
    const end = await moveWhile(stage, cold, 'with its disks', () => undefine(stage, id));
    await stage.quiet();
    expect(end).toMatchObject({ status: 'error' });
    expect(at(stage, id)).toMatchObject({
      state: wasOff ? 'shutoff' : 'running',
      xml: before,
      autostart,
      persistent: true,
      startPreventedBy: null,
    });
    expect(stage.hosts()['compute12']?.domains).toEqual({});
    expect(await stage.client().instance('web')).toMatchObject({ host: 'compute11', taskState: null });
  },
);

test('undefined while it still runs: it lives on, and is defined where it comes to', async () => {
  await using stage = await Stage.open();
  const id = await stage.guest({ name: 'web' });
  const end = await moveWhile(stage, cold, 'with its bases', () => undefine(stage, id));
  await stage.quiet();
  const host = end.status === 'error' ? 'compute11' : 'compute12';
  expect(at(stage, id, host)).toMatchObject({ state: 'running', persistent: true });
});

/** Its disk, from wherever a person has it. */
function bringBack(stage: Stage): void {
  const files = stage.world.host('compute11').directories.get('/images');
  const base = files?.get('base.qcow2');
  if (base === undefined || files?.has('web-1.qcow2') === true) return;
  files?.set('web-1.qcow2', { ...base, backing: { path: '/images/base.qcow2', format: 'qcow2' } });
}

const questions: readonly (readonly [string, (stage: Stage, id: string) => void, string])[] = [
  [
    'another domain has taken its name',
    (stage, id) => {
      const xml = at(stage, id)?.xml ?? '';
      undefine(stage, id);
      stage.world.addDomain(
        'compute11',
        xml.replace(/<uuid>.*?<\/uuid>/, '<uuid>22222222-2222-4222-8222-000000000009</uuid>'),
        'shutoff',
      );
    },
    'another domain is called web',
  ],
  [
    'its disk is gone, too',
    (stage, id) => {
      undefine(stage, id);
      stage.world.host('compute11').directories.get('/images')?.delete('web-1.qcow2');
    },
    'is gone from compute11',
  ],
  [
    'another host has it',
    (stage, id) => {
      const xml = at(stage, id)?.xml ?? '';
      undefine(stage, id);
      stage.world.addDomain('compute13', xml, 'shutoff');
    },
    'compute13 has it',
  ],
];

test.each(questions)(
  'undefined, and %s: a person is asked, and can end it either way',
  async (_, what, why) => {
    for (const way of ['forget', 'define'] as const) {
      await using stage = await Stage.open();
      const id = await stage.guest({ name: 'web', autostart: true });
      const xml = at(stage, id)?.xml ?? '';
      const { phase, id: migration } = await moveWhile(stage, cold, 'with its disks', () => what(stage, id));
      expect(phase).toContain(why);
      expect(phase).toContain('ferry instance forget web');
      if (way === 'forget') await stage.client().forgetInstance('web');
      else {
        stage.world.addDomain('compute11', xml, 'shutoff');
        bringBack(stage);
      }
      await stage.quiet();
      expect(await stage.client().migration(migration)).toMatchObject({ status: 'error' });
      expect(at(stage, id, 'compute12')).toBe(undefined);
      expect(stage.files('compute12').filter((path) => path.includes('web'))).toEqual([]);
    }
  },
);

test('off, and undefined before Ferry has held it: nobody knows whether that was meant, and a person is asked', async () => {
  await using stage = await Stage.open();
  const id = await stage.guest({ name: 'web', state: 'shutoff' });
  const { phase } = await moveWhile(stage, cold, 'with its bases', () => undefine(stage, id));
  expect(phase).toContain('it was not Ferry that powered it off');
  expect(phase).toContain('ferry instance forget web');
  await stage.client().forgetInstance('web');
  await stage.quiet();
  expect(stage.files('compute12').filter((path) => path.includes('web'))).toEqual([]);
});

test('ended and undefined while it is copied warm: a person is asked, and can end it', async () => {
  await using stage = await Stage.open();
  const id = await stage.guest({ name: 'web' });
  const { phase } = await moveWhile(stage, { ...cold, warm: true }, 'with its bases', () => {
    stage.world.host('compute11').domains.delete(id);
  });
  expect(phase).toContain('ferry instance forget web');
  await stage.client().forgetInstance('web');
  await stage.quiet();
  expect(stage.hosts()['compute12']?.domains).toEqual({});
});
