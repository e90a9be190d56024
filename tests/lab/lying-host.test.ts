import { afterAll, beforeAll, expect, test } from 'vitest';
import { LiarWorld } from './liar-world.ts';
import { tells } from './lie.ts';

const mebibyte = 1024 * 1024;
let world: LiarWorld;

beforeAll(async () => {
  world = await LiarWorld.up('liar');
});
afterAll(() => world?.down());

const most = 4 * mebibyte - 64;
const filled = (before: string, part: string, after: string): string =>
  before + part.repeat(Math.floor((most - before.length - after.length) / part.length)) + after;

test.each([
  ['elements in each other', filled('<domain>', '<a>', '')],
  ['namespaces in each other', filled('<domain>', '<a xmlns:b="c">', '')],
  ['elements beside each other', filled('<domain>', '<a/>', '</domain>')],
  ['attributes', filled('<domain ', 'a="" ', '/>')],
  [
    'a document type that grows',
    '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><domain>&c;</domain>',
  ],
  ['no XML at all', '\0'.repeat(1000)],
])('a host that says %s of its domain is told so, and others are moved meanwhile', async (_, xml) => {
  world.lies({ kind: 'text', of: tells.domain, text: xml });
  try {
    const [liar, report, ...health] = await Promise.all([
      world.lab.client.host('liar'),
      world.lab.client.check('web', { kind: 'cold-migration', host: 'compute12' }),
      ...Array.from({ length: 5 }, () => world.lab.client.health()),
    ]);
    expect(health).toHaveLength(5);
    expect(liar.domains).toEqual([]);
    expect([liar.problem, ...liar.unread.map(({ why }) => why)].join()).toMatch(/XML|domain/);
    expect(report.verdict).toBe('possible');
    expect(world.peakMemory()).toBeLessThan(512 * mebibyte);
  } finally {
    world.saysTheTruth();
  }
  expect((await world.lab.client.host('liar')).domains).toMatchObject([{ name: 'evil' }]);
});

test.each([
  ['sizes as large as there are', { kind: 'filled', of: [...tells.sizes, ...tells.versions], byte: 0x7f }],
  ['answers that nobody asked for, and each twice', { kind: 'out-of-turn' }],
] as const)('a host that tells %s harms nobody else', async (_, lie) => {
  world.lies(lie);
  const { client } = world.lab;
  const [report] = await Promise.all([
    client.check('web', { kind: 'cold-migration', host: 'compute12' }),
    client.hosts(),
    client.health(),
  ]);
  world.saysTheTruth();
  expect(report.verdict).toBe('possible');
  expect(world.peakMemory()).toBeLessThan(512 * mebibyte);
});

test('while its host lies, a guest of another one is moved', async () => {
  world.lies({ kind: 'text', of: tells.domain, text: filled('<domain>', '<a xmlns:b="c">', '') });
  expect(await world.lab.moved('web', 'cold', 'compute12')).toMatchObject({
    status: 'confirmed',
    error: null,
  });
  world.saysTheTruth();
});
