import type { MoveBody } from '@ferry/api';
import type { SimulatedDomain, SimulatedFile } from '@ferry/hypervisor/simulated';
import { expect, test } from 'vitest';
import { Stage } from './world.ts';

const cold: MoveBody = { kind: 'cold-migration', host: 'compute12' };
const disk = '/images/web-1.qcow2';
const second = '/images/data.img';

/** A guest with two disks: of the one that is whole on the target, the other is still being copied. */
async function stageOfTwoDisks(
  state: 'running' | 'shutoff' = 'running',
): Promise<{ stage: Stage; id: string }> {
  const stage = await Stage.open();
  const id = await stage.guest({ name: 'web', state });
  put(stage, second, 'data');
  const domain = at(stage, id);
  domain.xml = domain.xml.replace(
    '</devices>',
    `<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='${second}'/><target dev='vdb'/></disk></devices>`,
  );
  return { stage, id };
}

function at(stage: Stage, id: string, host = 'compute11'): SimulatedDomain {
  const domain = stage.world.host(host).domains.get(id);
  if (domain === undefined) throw new Error(`no ${id} on ${host}`);
  return domain;
}

function put(stage: Stage, path: string, content: string, file: Partial<SimulatedFile> = {}): void {
  const directory = stage.world.host('compute11').directories.get('/images');
  const name = path.split('/').at(-1) ?? '';
  const known = directory?.get(name);
  const fresh = { format: 'raw', capacityBytes: 9, backing: null, owner: null };
  directory?.set(name, { ...fresh, ...known, ...file, content });
}

/** Has something happen once the definition is on the target: all is copied, and nothing compared yet. */
function beforePivot(stage: Stage, what: () => void): void {
  stage.world.faults.before('compute12', 'domains.ensureRecords', what);
}

test('off when the move was accepted, and started before it is held: nobody ends it, and the move goes back', async () => {
  const { stage, id } = await stageOfTwoDisks('shutoff');
  await using _ = stage;
  stage.world.faults.before('compute11', 'domains.ensureStartPrevented', () => {
    at(stage, id).state = 'running';
  });
  const end = await stage.over((await stage.client().migrate('web', cold)).id);
  expect(end.error).toMatchObject({
    code: 'guest-started',
    message: expect.stringContaining('was off when the move was accepted') as string,
  });
  expect(stage.world.runners(id)).toEqual(['compute11']);
  expect(await stage.client().instance(id)).toMatchObject({ host: 'compute11' });
});

test('paused when the move was accepted, and let run on before it is powered off: it is asked, and not ended by force', async () => {
  const { stage, id } = await stageOfTwoDisks();
  await using _ = stage;
  at(stage, id).state = 'paused';
  stage.world.faults.before('compute11', 'domains.ensureStartPrevented', () => {
    at(stage, id).state = 'running';
  });
  let wentOff = '';
  beforePivot(stage, () => {
    wentOff = at(stage, id).reason;
  });
  const { id: migration } = await stage.client().migrate('web', { ...cold, shutdownTimeoutMs: 30_000 });
  expect(await stage.over(migration)).toMatchObject({ status: 'confirmed' });
  expect(wentOff).toBe('shutdown');
});

test('written to after it was copied, while another file is being copied: it is copied again', async () => {
  const { stage } = await stageOfTwoDisks();
  await using _ = stage;
  let done = false;
  stage.world.faults.afterwards = (host, method) => {
    if (done || host !== 'compute12' || method !== 'storage.writeImage') return;
    if (
      stage.world.host('compute12').directories.get('/images')?.get('web-1.qcow2')?.unfinished !== undefined
    )
      return;
    if (!stage.files('compute12').includes(disk)) return;
    done = true;
    put(stage, disk, 'written by somebody meanwhile');
  };
  const end = await stage.over((await stage.client().migrate('web', cold)).id);
  expect(done).toBe(true);
  expect(end).toMatchObject({ status: 'confirmed', error: null });
  expect(stage.hosts()['compute12']?.files[disk]).toMatchObject({ content: 'written by somebody meanwhile' });
});

test.each([
  ['a file is written to', (stage: Stage) => put(stage, disk, 'written late'), disk],
  ['a file is made anew with the same content', (stage: Stage) => put(stage, disk, 'what web wrote'), disk],
  ['the second disk is written to', (stage: Stage) => put(stage, second, 'more data'), second],
  [
    'its definition is edited',
    (stage: Stage, id: string) => {
      const domain = at(stage, id);
      domain.xml = domain.xml.replace("memory unit='MiB'>128", "memory unit='MiB'>256");
    },
    'changed the definition',
  ],
  [
    'a snapshot is recorded',
    (stage: Stage, id: string) => {
      const xml = '<domainsnapshot><name>s</name></domainsnapshot>';
      at(stage, id).records = { snapshots: [{ name: 's', xml, current: true }], checkpoints: [] };
    },
    'or its snapshots',
  ],
  [
    'it is started',
    (stage: Stage, id: string) => Object.assign(at(stage, id), { state: 'running' }),
    'started again',
  ],
] as const)(
  '%s between the copy and the pivot: it goes back, and what was written is there',
  async (_what, change, why) => {
    const { stage, id } = await stageOfTwoDisks();
    await using _ = stage;
    beforePivot(stage, () => void change(stage, id));
    const end = await stage.over((await stage.client().migrate('web', cold)).id);
    await stage.quiet();
    expect(end).toMatchObject({
      status: 'error',
      error: { message: expect.stringContaining(why) as unknown },
    });
    expect(stage.world.runners(id)).toEqual(['compute11']);
    expect(stage.hosts()['compute12']).toEqual({ domains: {}, files: {} });
    expect(at(stage, id).startPreventedBy).toBe(null);
  },
);

test.each([
  [
    'added',
    'added',
    (xml: string) =>
      xml.replace(
        '</devices>',
        "<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='/images/late.img'/><target dev='vdc'/></disk></devices>",
      ),
  ],
  [
    'taken out',
    'taken away',
    (xml: string) => xml.replace(/<disk (?:(?!<disk ).)*<target dev='vdb'(?:(?!<\/disk>).)*<\/disk>/s, ''),
  ],
] as const)(
  'a disk that is %s while the others are copied bars the move: none is swapped for a file of the same name, none is left',
  async (_, why, edit) => {
    const { stage, id } = await stageOfTwoDisks();
    await using opened = stage;
    const theirs = { format: 'raw', capacityBytes: 9, backing: null, owner: null, content: 'of another' };
    stage.world.host('compute12').directories.get('/images')?.set('late.img', theirs);
    stage.world.faults.before('compute11', 'domains.ensureShutOff', () =>
      stage.world.faults.before('compute12', 'storage.writeImage', () => {
        put(stage, '/images/late.img', 'late');
        at(stage, id).xml = edit(at(stage, id).xml);
      }),
    );
    const end = await stage.over((await stage.client().migrate('web', cold)).id);
    await opened.quiet();
    expect(end.error).toMatchObject({
      code: 'disks-changed',
      message: expect.stringContaining(why) as string,
    });
    expect(stage.world.runners(id)).toEqual(['compute11']);
    expect(stage.files('compute11')).toEqual(expect.arrayContaining([disk, second, '/images/late.img']));
    expect(stage.files('compute12')).toEqual(['/images/late.img']);
  },
);

test('a disk that was added to the definition since the checks bars the move before anything is copied', async () => {
  const { stage, id } = await stageOfTwoDisks('shutoff');
  await using _ = stage;
  stage.world.faults.before('compute11', 'domains.ensureStartPrevented', () => {
    put(stage, '/images/late.img', 'late');
    const domain = at(stage, id);
    domain.xml = domain.xml.replace(
      '</devices>',
      "<disk type='file'><source file='/images/late.img'/><target dev='vdc'/></disk></devices>",
    );
  });
  const end = await stage.over((await stage.client().migrate('web', cold)).id);
  expect(end).toMatchObject({
    status: 'error',
    error: { code: 'disks-changed', message: expect.stringContaining('/images/late.img') as unknown },
  });
  expect(stage.files('compute11')).toEqual(expect.arrayContaining([disk, second, '/images/late.img']));
});

test('nobody starts it while it is copied: who tries is told by what it is held', async () => {
  const { stage, id } = await stageOfTwoDisks();
  await using _ = stage;
  // Its base is there already: what hangs is what is copied while it is off.
  stage.put({ name: 'there', host: 'compute12' });
  stage.world.faults.plan('compute12', 'storage.writeImage', 'hang');
  const { id: migration } = await stage.client().migrate('web', cold);
  await stage.struck('compute12', 'storage.writeImage');
  expect(at(stage, id)).toMatchObject({
    state: 'shutoff',
    startPreventedBy: `to-compute12-by-migration-${migration}`,
  });
  await stage.client().abortMigration(migration);
  expect(await stage.over(migration)).toMatchObject({ status: 'cancelled' });
  expect(at(stage, id)).toMatchObject({ state: 'running', startPreventedBy: null });
});

test.each([
  ['compute12', 'domains.ensureStarted'],
  ['compute11', 'domains.ensureUndefined'],
] as const)(
  'written to after the pivot, before %s %s: the source keeps it, and says so',
  async (host, call) => {
    const { stage, id } = await stageOfTwoDisks();
    await using _ = stage;
    stage.world.faults.before(host, call, () => put(stage, disk, 'late'));
    const end = await stage.over((await stage.client().migrate('web', cold)).id);
    expect(end).toMatchObject({ status: 'confirmed', kept: [{ host: 'compute11', path: disk }] });
    expect(end.kept[0]?.because).toContain('not what was copied');
    expect(stage.world.runners(id)).toEqual(['compute12']);
    expect(stage.hosts()['compute11']?.files[disk]).toMatchObject({ content: 'late' });
  },
);

test.each(['running', 'paused'] as const)(
  'a guest that is %s without a definition is not powered off',
  async (state) => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web' });
    Object.assign(at(stage, id), { persistent: false, state });
    await expect(stage.client().migrate('web', cold)).rejects.toMatchObject({
      code: 'checks-failed',
      message: expect.stringContaining('no definition') as unknown,
    });
    expect(at(stage, id).state).toBe(state);
  },
);
