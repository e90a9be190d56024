import { ApiError, type MigrationBody } from '@ferry/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LiarWorld } from './liar-world.ts';
import { type Lie, tells, type Turn } from './lie.ts';
import { disk, putTiny } from './tiny-domain.ts';

const mebibyte = 1024 * 1024;
/** So much the controller may have had at most, whatever was said to it. */
const memoryBytes = 640 * mebibyte;
const most = 4 * mebibyte - 64;
let world: LiarWorld;

beforeAll(async () => {
  world = await LiarWorld.up('liars');
});
afterAll(() => world?.down());

const endless = (root: string): string => {
  const begin = `<${root}>`;
  return begin + '<a b="c">'.repeat(Math.floor((most - begin.length) / 9));
};
const { domain, download, ...answers } = tells;
const xml = { capabilities: 'capabilities', pool: 'pool', volume: 'volume', network: 'network' } as const;

const lies: readonly (readonly [string, Lie])[] = [
  ...Object.entries(xml).map(
    ([what, root]) =>
      [
        `XML without end of its ${what}`,
        { kind: 'text', of: answers[what as keyof typeof xml], text: endless(root) },
      ] as const,
  ),
  ...Object.entries(xml).map(
    ([what]) =>
      [`no XML of its ${what}`, { kind: 'text', of: answers[what as keyof typeof xml], text: '\0' }] as const,
  ),
  [
    'sizes as large as there are',
    { kind: 'filled', of: [...answers.sizes, ...answers.versions], byte: 0x7f },
  ],
  ['sizes below nothing', { kind: 'filled', of: [...answers.sizes, ...answers.versions], byte: 0xff }],
  ['states that there are not', { kind: 'filled', of: answers.states, byte: 0x7f }],
  ['statistics of noise', { kind: 'filled', of: answers.statistics, byte: 0x7f }],
  ['lists of two thousand million', { kind: 'many', of: [...answers.lists, ...answers.statistics] }],
  ['answers that end in the middle', { kind: 'cut', of: [...Object.values(answers).flat(), ...domain] }],
  ['a name of four MiB', { kind: 'text', of: answers.name, text: 'n'.repeat(most) }],
  ['answers that are never whole', { kind: 'never-whole', of: [...answers.lists, ...answers.capabilities] }],
  ['answers that nobody asked for, and each twice', { kind: 'out-of-turn' }],
  ['events of domains that there are not', { kind: 'events', count: 5_000, of: answers.states }],
  ['streams that never end', { kind: 'endless-stream', of: download }],
];

/** What a question came to: its answer, or the refusal; nothing inside the controller broke. */
async function settled(question: Promise<unknown>): Promise<unknown> {
  try {
    return await question;
  } catch (error) {
    if (error instanceof ApiError && error.status !== 500) return error.code;
    throw error;
  }
}

test.each(lies)(
  'a host that tells %s harms nobody else, and is believed again when it tells the truth',
  {
    timeout: 240_000,
  },
  async (_, lie) => {
    const { client } = world.lab;
    world.lies(lie);
    try {
      const [report, ...health] = await Promise.all([
        client.check('web', { kind: 'cold-migration', host: 'compute12' }),
        ...Array.from({ length: 5 }, () => client.health()),
        settled(client.host('liar')),
        settled(client.check('web', { kind: 'cold-migration', host: 'liar' })),
        settled(client.hosts()),
        settled(client.adoptInstance({ host: 'liar', domain: 'ghost' })),
      ]);
      expect(report.verdict).toBe('possible');
      expect(health).toHaveLength(9);
      expect(world.peakMemory()).toBeLessThan(memoryBytes);
    } finally {
      world.saysTheTruth();
    }
    await expect
      .poll(async () => (await client.host('liar')).domains, { timeout: 60_000 })
      .toMatchObject([{ name: 'evil' }]);
    expect((await client.instances()).map(({ name }) => name)).toEqual(['web']);
  },
);

test('a guest of a host whose streams never end is not moved, and says why; others are moved meanwhile', {
  timeout: 240_000,
}, async () => {
  const { lab } = world;
  await lab.host('compute13').virsh('destroy', 'evil');
  await lab.client.adoptInstance({ host: 'liar', domain: 'evil' });
  world.lies({ kind: 'endless-stream', of: tells.download });
  const [refused, moved] = await Promise.all([
    lab.move('evil', 'cold', 'compute12').catch((error: unknown) => error),
    lab.moved('web', 'cold', 'compute12'),
  ]);
  world.saysTheTruth();
  expect(moved).toMatchObject({ status: 'confirmed', error: null });
  expect(refused).toMatchObject({ message: expect.stringContaining('were asked for') as string });
  expect(await lab.hasFile('compute12', '/var/lib/libvirt/images/evil.qcow2')).toBe(false);
  expect(await lab.client.instance('evil')).toMatchObject({ host: 'liar', taskState: null });
  expect(world.peakMemory()).toBeLessThan(memoryBytes);
});

const images = '/var/lib/libvirt/images';

/** A guest that is off, on 24 MiB of noise; its image's checksum. */
async function noisyGuest(host: 'compute11' | 'compute13', name: string): Promise<string> {
  const path = `${images}/${name}.img`;
  const at = world.lab.host(host);
  await at.execOk(['dd', 'if=/dev/urandom', `of=${path}`, 'bs=1M', 'count=24', 'status=none']);
  await putTiny(at, { name, devices: disk(path, 'vda', 'raw') });
  await world.lab.client.adoptInstance({ host: host === 'compute13' ? 'liar' : host, domain: name });
  return at.execOk(['sha256sum', path]);
}

/** Moves it while the one who lies has its streams turn, each after some honest MiB. */
async function movedAmidst(name: string, to: string, into: Turn): Promise<MigrationBody> {
  world.lies({ kind: 'turning-stream', of: tells.download, afterBytes: 3 * mebibyte, into });
  try {
    const { id } = await world.lab.move(name, 'cold', to);
    return await world.lab.ended(id);
  } finally {
    world.saysTheTruth();
  }
}

test.each<[Turn, string]>([
  ['more', 'were asked for'],
  ['less', 'has ended the stream'],
  ['silence', 'has sent nothing for 2 s'],
  ['gone', 'The daemon closed the connection'],
])(
  'a source whose streams turn into %s in the middle of a copy: the move ends and says so, and all is as before',
  { timeout: 240_000 },
  async (into, words) => {
    const { lab } = world;
    const name = `turns-${into}`;
    const sum = await noisyGuest('compute13', name);
    const { status, error } = await movedAmidst(name, 'compute12', into);
    expect({ status, message: error?.message }).toEqual({
      status: 'error',
      message: expect.stringContaining(words) as string,
    });
    expect(await lab.host('compute13').execOk(['sha256sum', `${images}/${name}.img`])).toBe(sum);
    expect(await lab.client.instance(name)).toMatchObject({ host: 'liar', taskState: null });
    expect(await lab.host('compute12').execOk(['find', images, '-name', `*${name}*`])).toBe('');
    expect(await lab.defines('compute12', name)).toBe(false);
    expect(world.peakMemory()).toBeLessThan(memoryBytes);
  },
);

test.each<[Turn, string]>([
  ['other', 'is not what was sent'],
  ['less', 'is not what was sent'],
  ['silence', 'has sent nothing for 2 s'],
])(
  'a target whose streams turn into %s where a copy is read again: the move ends and says so, and all is as before',
  { timeout: 240_000 },
  async (into, words) => {
    const { lab } = world;
    const name = `back-${into}`;
    const sum = await noisyGuest('compute11', name);
    const { status, error } = await movedAmidst(name, 'liar', into);
    expect({ status, message: error?.message }).toEqual({
      status: 'error',
      message: expect.stringContaining(words) as string,
    });
    await lab.client.instance(name);
    await expect
      .poll(() => lab.host('compute13').execOk(['find', images, '-name', `*${name}*`]), { timeout: 60_000 })
      .toBe('');
    expect(await lab.host('compute11').execOk(['sha256sum', `${images}/${name}.img`])).toBe(sum);
    expect(await lab.client.instance(name)).toMatchObject({ host: 'compute11' });
    expect(world.peakMemory()).toBeLessThan(memoryBytes);
  },
);
