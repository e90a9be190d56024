import { expect, test } from 'vitest';
import { domainXml, Stage } from './world.ts';

const theirs = '/images/theirs.img';

/** A person defines a domain of the same name and id on the target, for an experiment of their own, at some moment. */
function define(stage: Stage, id: string): void {
  const file = { format: 'raw', capacityBytes: 9, backing: null, owner: null, content: 'theirs' };
  stage.world.host('compute12').directories.get('/images')?.set('theirs.img', file);
  stage.world.addDomain('compute12', domainXml({ name: 'web', id, disk: theirs }), 'shutoff');
}

test.each([
  ['live, while bases are brought', 'live-migration', false, 'storage.makeFile'],
  ['cold, while bases are brought', 'cold-migration', false, 'storage.makeFile'],
  ['warm, while bases are brought', 'cold-migration', true, 'storage.makeFile'],
] as const)(
  'what somebody defines on the target meanwhile is neither written over nor taken away: %s',
  async (_, kind, warm, call) => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web' });
    stage.world.faults.before('compute12', call, () => define(stage, id));
    const { id: migration } = await stage.client().migrate('web', { kind, warm, host: 'compute12' });
    const end = await stage.over(migration);
    await stage.quiet();
    expect(stage.world.host('compute12').domains.get(id)?.xml).toContain(theirs);
    expect(end.error).toMatchObject({
      code: 'target-not-clean',
      message: expect.stringContaining('somebody else has defined it there') as string,
    });
    expect(stage.world.runners(id)).toEqual(['compute11']);
    expect(stage.files('compute12')).toContain(theirs);
  },
);

test.each([
  ['live', 'live-migration', false],
  ['cold', 'cold-migration', false],
  ['warm', 'cold-migration', true],
] as const)(
  'a target that does not answer the last look counts as one that has something: %s',
  async (_, kind, warm) => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web' });
    const { faults } = stage.world;
    faults.before('compute12', 'storage.makeFile', () => {
      define(stage, id);
      faults.plan('compute12', 'domains.observe', 'unreachable');
    });
    const { id: migration } = await stage.client().migrate('web', { kind, warm, host: 'compute12' });
    const end = await stage.over(migration);
    await stage.quiet();
    expect(stage.world.host('compute12').domains.get(id)?.xml).toContain(theirs);
    expect(end.error).toMatchObject({ code: 'target-silent' });
    expect(stage.world.runners(id)).toEqual(['compute11']);
    expect(stage.files('compute12')).toContain(theirs);
  },
);
