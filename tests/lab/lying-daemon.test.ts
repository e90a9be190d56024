import { ApiError } from '@ferry/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LiarWorld } from './liar-world.ts';
import { type Lie, tells } from './lie.ts';

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
