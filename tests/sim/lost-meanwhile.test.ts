import type { MigrationBody, MoveBody } from '@ferry/api';
import type { SimulatedDomain } from '@ferry/hypervisor/simulated';
import { expect, test } from 'vitest';
import { Stage } from './world.ts';

const cold: MoveBody = { kind: 'cold-migration', host: 'compute12' };
const variables = '/images/web.fd';
const disk = '/images/web-1.qcow2';

/** A guest with variables of its firmware, which know something. */
async function guest(stage: Stage, state: 'running' | 'shutoff' = 'running'): Promise<SimulatedDomain> {
  const id = stage.put({ name: 'web', state, autostart: true });
  const domain = stage.world.host('compute11').domains.get(id);
  if (domain === undefined) throw new Error('the guest is gone');
  domain.xml = domain.xml.replace('</os>', `<nvram>${variables}</nvram></os>`);
  write(stage, 'compute11', variables, 'boot the second disk');
  await stage.client().adoptInstance({ host: 'compute11', domain: id });
  return domain;
}

function write(stage: Stage, host: string, path: string, content: string): void {
  const file = { format: 'raw', capacityBytes: 64, backing: null, owner: null, content };
  stage.world.host(host).directories.get('/images')?.set(path.slice('/images/'.length), file);
}

function remove(stage: Stage, host: string, path: string): void {
  stage.world.host(host).directories.get('/images')?.delete(path.slice('/images/'.length));
}

function contentOf(stage: Stage, host: string, path: string): unknown {
  return (stage.hosts()[host]?.files[path] as { content?: string } | undefined)?.content;
}

/** As a person does who has read where the copy is. */
function bringBack(stage: Stage, path: string): void {
  const directory = stage.world.host('compute12').directories.get('/images');
  const file = directory?.get(path.slice('/images/'.length));
  if (file === undefined) throw new Error(`there is no copy of ${path}`);
  stage.world
    .host('compute11')
    .directories.get('/images')
    ?.set(path.slice('/images/'.length), { ...file });
}

function here(stage: Stage, { id }: { id: string }): SimulatedDomain | undefined {
  return stage.world.host('compute11').domains.get(id);
}

/** When a host is asked that, one after the other. */
type Moment = readonly (readonly [string, string])[];

function whenAsked(stage: Stage, [first, ...more]: Moment, what: () => void): void {
  if (first === undefined) what();
  else stage.world.faults.before(...first, () => whenAsked(stage, more, what));
}

/** Begins the move, has something happen meanwhile, and waits until somebody is asked what to do. */
async function askedAfter(stage: Stage, moment: Moment, what: () => void): Promise<MigrationBody> {
  whenAsked(stage, moment, what);
  const { id } = await stage.client().migrate('web', cold);
  return stage.migrationWhen(
    id,
    'asks, or is over',
    (one) => one.finishedAt !== null || one.phase.includes('ferry instance forget'),
  );
}

const idOf = ({ xml }: SimulatedDomain): string => /<uuid>(.*)<\/uuid>/.exec(xml)?.[1] ?? '';
/** When all files are copied, and the definition is about to be read for the target. */
const allCopied: Moment = [['compute11', 'domains.records']];
/** When its base is copied, and it runs. */
const running: Moment = [['compute12', 'storage.makeFile']];
/** When the guest is off, and nothing of it is copied yet. */
const off: Moment = [
  ['compute11', 'domains.ensureShutOff'],
  ['compute12', 'storage.makeFile'],
];
/** When the target has it all. */
const defined: Moment = [['compute12', 'domains.ensureRecords']];

test.each([
  ['its variables', [variables]],
  ['its variables and its disk', [variables, disk]],
])(
  'undefined with %s when all is copied: the copies are offered, and what is brought back counts',
  async (_, lost) => {
    await using stage = await Stage.open();
    const domain = await guest(stage);
    const id = idOf(domain);
    const { phase } = await askedAfter(stage, allCopied, () => {
      stage.world.host('compute11').domains.delete(id);
      for (const path of lost) remove(stage, 'compute11', path);
    });
    expect(phase).toContain(`${variables} is gone from compute11`);
    for (const path of lost) expect(phase).toContain(`compute12:${path}`);
    expect(phase).toContain('ferry instance forget web');
    expect(here(stage, { id })).toBe(undefined);
    for (const path of lost) bringBack(stage, path);
    await stage.quiet();
    expect(here(stage, { id })).toMatchObject({ state: 'running', autostart: true, persistent: true });
    expect(contentOf(stage, 'compute11', variables)).toBe('boot the second disk');
    expect(contentOf(stage, 'compute11', disk)).toBe('what web wrote');
    expect(stage.hosts()['compute12']?.domains).toEqual({});
    expect(stage.files('compute12').filter((path) => path.includes('web'))).toEqual([]);
  },
);

test('undefined with its variables before they were copied: there is none to offer, and a person says what they are', async () => {
  await using stage = await Stage.open();
  const domain = await guest(stage);
  const id = idOf(domain);
  const { phase } = await askedAfter(stage, off, () => {
    stage.world.host('compute11').domains.delete(id);
    remove(stage, 'compute11', variables);
  });
  expect(phase).toContain(`${variables} is gone from compute11`);
  expect(phase).toContain('Ferry has no whole copy of it');
  // Defining it alone does not say it: libvirt would make new ones at its start.
  stage.world.addDomain('compute11', domain.xml, 'shutoff');
  const asked = stage.world.faults.calls.length;
  await stage.calledSince(asked, 'compute11', 'domains.observe');
  await stage.calledSince(stage.world.faults.calls.length, 'compute11', 'domains.observe');
  expect(here(stage, { id })).toMatchObject({ state: 'shutoff' });
  write(stage, 'compute11', variables, 'from a backup');
  await stage.quiet();
  expect(here(stage, { id })).toMatchObject({ state: 'running', autostart: true });
  expect(contentOf(stage, 'compute11', variables)).toBe('from a backup');
});

test('its variables alone are taken away while it is copied: it is not started with new ones', async () => {
  await using stage = await Stage.open();
  const domain = await guest(stage);
  const id = idOf(domain);
  stage.world.faults.plan('compute12', 'domains.ensureDefined', 'refuse');
  const { phase } = await askedAfter(stage, allCopied, () => remove(stage, 'compute11', variables));
  expect(phase).toContain(`${variables} is gone from compute11`);
  expect(phase).toContain(`compute12:${variables}`);
  expect(here(stage, { id })).toMatchObject({ state: 'shutoff', autostart: false });
  bringBack(stage, variables);
  await stage.quiet();
  expect(here(stage, { id })).toMatchObject({ state: 'running', autostart: true });
  expect(contentOf(stage, 'compute11', variables)).toBe('boot the second disk');
});

test('undefined with its variables when the target has it all: it is the one there, as it was', async () => {
  await using stage = await Stage.open();
  const domain = await guest(stage);
  const id = idOf(domain);
  const { status } = await askedAfter(stage, defined, () => {
    stage.world.host('compute11').domains.delete(id);
    remove(stage, 'compute11', variables);
  });
  await stage.quiet();
  expect(['post-migrating', 'finished', 'confirmed']).toContain(status);
  expect(stage.world.runners(id)).toEqual(['compute12']);
  expect(contentOf(stage, 'compute12', variables)).toBe('boot the second disk');
});

test.each([
  ['undefined with its variables', true],
  ['robbed of its variables', false],
])(
  '%s while it still runs: it is not powered off, which would be the end of them',
  async (_, isUndefined) => {
    await using stage = await Stage.open();
    const domain = await guest(stage);
    const id = idOf(domain);
    const { id: migration } = await askedAfter(stage, running, () => {
      if (isUndefined) domain.persistent = false;
      remove(stage, 'compute11', variables);
    });
    expect(here(stage, { id })).toMatchObject({ state: 'running', persistent: !isUndefined });
    expect(stage.world.faults.calls).not.toContain('compute11 domains.ensureShutOff');
    const { phase, error } = await stage.client().migration(migration);
    expect(`${phase} ${error?.message}`).toContain(`${variables} is gone from compute11`);
    domain.persistent = true;
    await stage.quiet();
    expect(here(stage, { id })).toMatchObject({ state: 'running', persistent: true, autostart: true });
    expect(stage.files('compute12').filter((path) => path.includes('web'))).toEqual([]);
  },
);

test('one that was off and is undefined with its variables is not defined again without them, and is heeded at once when it is forgotten', async () => {
  // Nothing that waits is looked at again by itself.
  await using stage = await Stage.open({}, { resumeIntervalMs: 3_600_000 });
  const domain = await guest(stage, 'shutoff');
  const id = idOf(domain);
  const { phase } = await askedAfter(stage, allCopied, () => {
    stage.world.host('compute11').domains.delete(id);
    remove(stage, 'compute11', variables);
  });
  expect(phase).toContain(`compute12:${variables}`);
  expect(here(stage, { id })).toBe(undefined);
  await stage.client().forgetInstance('web');
  await stage.quiet();
  expect(stage.files('compute12').filter((path) => path.includes('web'))).toEqual([]);
});
