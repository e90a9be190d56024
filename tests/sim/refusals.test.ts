import { ApiError, type MoveBody } from '@ferry/api';
import { StartError, startController } from '@ferry/controller';
import { describe, expect, test } from 'vitest';
import { Stage } from './world.ts';

const live: MoveBody = { kind: 'live-migration', host: 'compute12' };
const cold: MoveBody = { kind: 'cold-migration', host: 'compute12' };

/** The refusal of a call; fails when it is accepted. */
async function refusal(call: Promise<unknown>): Promise<ApiError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

function errors(refused: ApiError): string[] {
  return refused.findings.filter((one) => one.severity === 'error').map((one) => one.code);
}

/** Something that stands in the way of a move, and what is to be answered then. */
interface Obstacle {
  readonly what: string;
  readonly prepare?: (stage: Stage, id: string) => void;
  readonly state?: 'running' | 'shutoff';
  readonly move?: MoveBody;
  readonly status?: number;
  readonly code?: string;
  readonly errors: readonly string[];
}

const obstacles: readonly Obstacle[] = [
  {
    what: 'an unknown host',
    move: { ...live, host: 'nowhere' },
    status: 404,
    code: 'host-not-found',
    errors: ['target-exists'],
  },
  { what: 'its own host', move: { ...live, host: 'compute11' }, errors: ['hosts-differ'] },
  { what: 'its own host, cold', move: { ...cold, host: 'compute11' }, errors: ['hosts-differ'] },
  {
    what: 'a target that is too small',
    prepare: (stage) => facts(stage, { memoryAvailableBytes: 100 * 1024 * 1024 }),
    errors: ['target-memory'],
  },
  { what: 'a live move of a guest that is off', state: 'shutoff', errors: ['instance-running'] },
  {
    what: 'a target that is down',
    prepare: (stage) => {
      stage.world.host('compute12').up = false;
    },
    errors: ['services-up'],
  },
  {
    what: 'a source that is down',
    prepare: (stage) => {
      stage.world.host('compute11').up = false;
    },
    errors: ['services-up'],
  },
  {
    what: 'a description that cannot be read',
    prepare: (stage, id) => describeAs(stage, id, '<domain><name>we'),
    errors: [],
  },
  {
    what: 'a description without a uuid',
    prepare: (stage, id) => describeAs(stage, id, '<domain><name>web</name></domain>'),
    errors: [],
  },
  {
    what: 'a domain that is gone from its host',
    prepare: (stage, id) => {
      stage.world.host('compute11').domains.delete(id);
    },
    errors: [],
  },
  {
    what: 'a job of somebody else on the domain',
    prepare: (stage, id) => {
      const domain = stage.world.host('compute11').domains.get(id);
      if (domain)
        domain.job = {
          kind: 'out',
          startedAtStep: 0,
          sentBytes: 0,
          totalBytes: 1,
          iteration: 1,
          postCopy: 'no',
          aborted: false,
          stood: false,
        };
    },
    status: 409,
    code: 'instance-busy',
    errors: ['domain-lock'],
  },
  {
    what: 'a domain of that id on the target',
    prepare: (stage, id) => {
      const xml = stage.world.host('compute11').domains.get(id)?.xml ?? '';
      stage.world.addDomain('compute12', xml, 'shutoff');
    },
    errors: ['target-name-free'],
  },
  {
    what: 'an image of that path on the target',
    prepare: (stage) => {
      const image = { format: 'raw', capacityBytes: 1, backing: null, owner: null, content: 'not yours' };
      stage.world.host('compute12').directories.get('/images')?.set('web-1.qcow2', image);
    },
    errors: ['storage-present'],
  },
  {
    what: 'three things at once',
    prepare: (stage) => facts(stage, { memoryAvailableBytes: 1, machineTypes: ['none'] }),
    state: 'shutoff',
    errors: ['instance-running', 'machine-type', 'target-memory'],
  },
];

function facts(stage: Stage, change: object): void {
  Object.assign(stage.world.host('compute12').facts, change);
}

function describeAs(stage: Stage, id: string, xml: string): void {
  const domain = stage.world.host('compute11').domains.get(id);
  if (domain) domain.xml = xml;
}

describe('a move is refused and nothing is changed', () => {
  test.each(obstacles)('$what', async ({ prepare, state = 'running', move = live, ...expected }) => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web', state });
    prepare?.(stage, id);
    const before = await stage.everything();
    const refused = await refusal(stage.client().migrate('web', move));
    expect([refused.status, refused.code]).toEqual([
      expected.status ?? 409,
      expected.code ?? 'checks-failed',
    ]);
    expect(errors(refused)).toEqual(expect.arrayContaining([...expected.errors]));
    expect(new Set(errors(refused)).size).toBeGreaterThanOrEqual(expected.errors.length);
    expect(refused.findings.length).toBeGreaterThan(5);
    expect(refused.remedy).not.toBe('');
    expect(await stage.everything()).toEqual(before);
  });

  test('a reader neither moves nor checks: no host is asked anything for one, and nothing tells which files there are', async () => {
    await using stage = await Stage.open();
    await stage.guest({ name: 'web', state: 'shutoff' });
    const before = await stage.everything();
    const from = stage.world.faults.calls.length;
    const reader = stage.client('reader');
    // One after the other: one that is refused while another is awaited would be nobody's.
    for (const ask of [
      () => reader.migrate('web', live),
      () => reader.check('web', live),
      () => reader.evacuate('web', {}),
    ])
      expect(await refusal(ask())).toMatchObject({ status: 403, code: 'forbidden', findings: [] });
    expect(stage.world.faults.calls.slice(from).filter((call) => call.includes('storage'))).toEqual([]);
    expect(await stage.everything()).toEqual(before);
  });

  test.each([
    { token: '', what: 'no token' },
    { token: 'ferry_made-up', what: 'an unknown token' },
  ])('$what', async ({ token }) => {
    await using stage = await Stage.open();
    await stage.guest({ name: 'web' });
    const before = await stage.everything();
    const client = stage.clientWith(token);
    const calls = [
      () => client.migrate('web', live),
      () => client.instances(),
      () => client.abortMigration('x'),
    ];
    // One after the other: one that is refused while another is awaited would be nobody's.
    for (const call of calls) {
      expect(await refusal(call())).toMatchObject({ status: 401, code: 'unauthorized', findings: [] });
    }
    expect(await stage.everything()).toEqual(before);
  });

  test('fields that are not known are named, all of them', async () => {
    await using stage = await Stage.open();
    await stage.guest({ name: 'web' });
    const before = await stage.everything();
    const body = { ...live, hots: 'compute13', bandwith: 1, maxDowntimeMs: -1 } as MoveBody;
    const refused = await refusal(stage.client().migrate('web', body));
    expect([refused.status, refused.code]).toEqual([400, 'bad-request']);
    for (const field of ['hots', 'bandwith', 'maxDowntimeMs']) expect(refused.message).toContain(field);
    expect(await stage.everything()).toEqual(before);
  });

  test.each([
    { what: 'no kind', body: { host: 'compute12' }, named: 'kind' },
    { what: 'another kind', body: { kind: 'teleport' }, named: 'kind' },
    { what: 'a host that is no text', body: { ...live, host: 12 }, named: 'host' },
    { what: 'an empty host', body: { ...live, host: '' }, named: 'host' },
    { what: 'no bandwidth at all', body: { ...live, bandwidthBytesPerSecond: 0 }, named: 'bandwidth' },
  ])('$what', async ({ body, named }) => {
    await using stage = await Stage.open();
    await stage.guest({ name: 'web' });
    const before = await stage.everything();
    const refused = await refusal(stage.client().migrate('web', body as MoveBody));
    expect([refused.status, refused.code]).toEqual([400, 'bad-request']);
    expect(refused.message).toContain(named);
    expect(await stage.everything()).toEqual(before);
  });

  test('a name that two instances have is answered with both ids; an id is enough', async () => {
    await using stage = await Stage.open();
    const first = await stage.guest({ name: 'web' });
    const second = await stage.guest({ name: 'web', host: 'compute12' });
    const before = await stage.everything();
    const refused = await refusal(stage.client().migrate('web', { ...live, host: 'compute13' }));
    expect([refused.status, refused.code]).toEqual([409, 'name-ambiguous']);
    expect(refused.message).toContain(first);
    expect(refused.message).toContain(second);
    expect(await stage.everything()).toEqual(before);
    const { id } = await stage.client().migrate(second, { ...live, host: 'compute13' });
    expect(await stage.over(id)).toMatchObject({ instanceId: second, status: 'completed' });
  });

  test('of requests for one instance at the same time exactly one wins', async () => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web' });
    stage.slow();
    const answers = await Promise.allSettled(
      ['compute12', 'compute13', 'compute12', 'compute13'].map((host) =>
        stage.client().migrate('web', { ...live, host }),
      ),
    );
    const won = answers.filter((one) => one.status === 'fulfilled');
    expect(won).toHaveLength(1);
    for (const lost of answers.filter((one) => one.status === 'rejected'))
      expect(lost.reason).toMatchObject({ status: 409, code: 'instance-busy' });
    await stage.sending(id);
    const late = await refusal(stage.client().migrate('web', cold));
    expect(late).toMatchObject({ status: 409, code: 'instance-busy' });
    expect(await stage.client().migrations()).toHaveLength(1);
    stage.fast();
    expect(await stage.over(won[0]?.value.id ?? '')).toMatchObject({ status: 'completed' });
  });

  test('memory that migrations on their way have claimed is not given twice', async () => {
    await using stage = await Stage.open();
    facts(stage, { memoryAvailableBytes: 300 * 1024 * 1024 });
    for (const name of ['a', 'b', 'c']) await stage.guest({ name });
    stage.slow();
    const answers = await Promise.allSettled(
      ['a', 'b', 'c'].map((name) => stage.client().migrate(name, live)),
    );
    expect(answers.map((one) => one.status).toSorted()).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    const lost = answers.find((one) => one.status === 'rejected');
    expect(lost?.reason).toMatchObject({ status: 409, code: 'checks-failed' });
    stage.fast();
  });

  test('a guest that is off and stays off needs no memory of the target', async () => {
    await using stage = await Stage.open();
    facts(stage, { memoryAvailableBytes: 1 });
    await stage.guest({ name: 'web', state: 'shutoff' });
    const { id } = await stage.client().migrate('web', cold);
    expect(await stage.over(id)).toMatchObject({ status: 'confirmed' });
  });
});

describe('hosts and domains that cannot be taken in', () => {
  test.each([
    { body: { uri: 'simulated://elsewhere/' }, status: 400, code: 'bad-request' },
    { body: { uri: 'simulated://compute11/' }, status: 409, code: 'host-exists' },
    { body: { uri: 'simulated://compute11/', name: 'other' }, status: 409, code: 'host-exists' },
  ])('host $body.uri $body.name: $code', async ({ body, ...answer }) => {
    await using stage = await Stage.open();
    const before = await stage.everything();
    expect(await refusal(stage.client().addHost(body))).toMatchObject(answer);
    expect(await stage.everything()).toEqual(before);
  });

  test('two machines with one host uuid are told apart, with what to do', async () => {
    await using stage = await Stage.open();
    const { hostUuid } = stage.world.host('compute11').facts;
    stage.world.addHost('compute14', { facts: { hostUuid } });
    const asked = stage.client().addHost({ uri: 'simulated://compute14/' });
    const refused = await asked.catch((error: unknown) => error);
    expect(refused).toMatchObject({ status: 409, code: 'host-exists' });
    const message = refused instanceof Error ? refused.message : '';
    for (const word of [hostUuid, 'compute11', 'compute14', 'host_uuid', 'libvirtd.conf', 'uuidgen'])
      expect(message).toContain(word);
  });

  test('a host that does not answer', async () => {
    await using stage = await Stage.open();
    stage.world.addHost('compute14').up = false;
    const refused = await refusal(stage.client().addHost({ uri: 'simulated://compute14/' }));
    expect(refused).toMatchObject({ status: 502, code: 'host-unreachable' });
  });

  test('only an admin adds hosts, and a reader adopts nothing', async () => {
    await using stage = await Stage.open();
    const id = stage.put({ name: 'web' });
    stage.world.addHost('compute14');
    const before = await stage.everything();
    const calls = [
      () => stage.client('operator').addHost({ uri: 'simulated://compute14/' }),
      () => stage.client('reader').adoptInstance({ host: 'compute11', domain: id }),
      () => stage.client('reader').abortMigration('x'),
    ];
    for (const call of calls) expect(await refusal(call())).toMatchObject({ status: 403, code: 'forbidden' });
    expect(await stage.everything()).toEqual(before);
  });

  test('a domain that is not there, is adopted already, or cannot be read', async () => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web' });
    const broken = stage.put({ name: 'broken' });
    describeAs(stage, broken, '<domain');
    const before = await stage.everything();
    const adopt = (domain: string, host = 'compute11'): Promise<unknown> =>
      stage.client().adoptInstance({ host, domain });
    expect(await refusal(adopt('nobody'))).toMatchObject({ status: 404, code: 'domain-not-found' });
    expect(await refusal(adopt('web', 'nowhere'))).toMatchObject({ status: 404, code: 'host-not-found' });
    expect(await refusal(adopt('web'))).toMatchObject({ status: 409, code: 'instance-exists' });
    expect(await refusal(adopt(id))).toMatchObject({ status: 409, code: 'instance-exists' });
    expect(await refusal(adopt(broken))).toMatchObject({ status: 502, code: 'host-refused' });
    expect(await stage.everything()).toEqual(before);
  });

  test('pages, instances and migrations that are not there', async () => {
    await using stage = await Stage.open();
    const client = stage.client();
    expect(await refusal(client.instance('nobody'))).toMatchObject({
      status: 404,
      code: 'instance-not-found',
    });
    expect(await refusal(client.migrate('nobody', live))).toMatchObject({ code: 'instance-not-found' });
    expect(await refusal(client.migration('none'))).toMatchObject({
      status: 404,
      code: 'migration-not-found',
    });
    expect(await refusal(client.abortMigration('none'))).toMatchObject({ code: 'migration-not-found' });
    expect(await refusal(client.host('nowhere'))).toMatchObject({ status: 404, code: 'host-not-found' });
  });
});

describe('a second controller on the same data directory', () => {
  test('does not start, and the first works on', async () => {
    await using stage = await Stage.open();
    await stage.guest({ name: 'web' });
    const before = await stage.everything();
    const second = startController(stage.options());
    await expect(second).rejects.toThrow(StartError);
    await expect(second).rejects.toMatchObject({ code: 'in-use' });
    expect(await stage.everything()).toEqual(before);
    const { id } = await stage.client().migrate('web', live);
    expect(await stage.over(id)).toMatchObject({ status: 'completed' });
  });

  test('starts when the first has stopped, and knows all that it knew', async () => {
    await using stage = await Stage.open();
    await stage.guest({ name: 'web' });
    const before = await stage.everything();
    await stage.crash();
    await stage.start();
    expect(await stage.everything()).toEqual(before);
  });
});
