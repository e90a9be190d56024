import { expect, test } from 'vitest';
import { sampleStore } from '../instances/sample-store.test-support.ts';

const attempt = (name: string) => ({ keys: [name], counted: [name], forgottenMs: 60_000 });
const never = (): number => 0;

test('of more names than are remembered the oldest go; addresses from which somebody came in stay', async () => {
  const store = await sampleStore();
  await store.signIns.succeeded({
    counted: [],
    before: new Map(),
    failuresKey: 'pair',
    knownKey: 'known home',
  });
  for (let name = 0; name < 30; name += 1) await store.signIns.count(attempt(`made up ${name}`), never);
  await store.signIns.keepNewest(10);
  const keys = ['known home', ...Array.from({ length: 30 }, (_, name) => `made up ${name}`)];
  const { before } = await store.signIns.count({ keys, counted: [], forgottenMs: 0 }, never);
  expect(before.size).toBe(11);
  expect(before.has('known home')).toBe(true);
  await store.close();
});

test('what is taken back leaves those before it as they stood', async () => {
  const store = await sampleStore();
  const seen = async () =>
    (await store.signIns.count({ ...attempt('a'), counted: [] }, never)).before.get('a');
  const first = await store.signIns.count(attempt('a'), never);
  await store.signIns.takeBack(['a'], first.before);
  expect(await seen()).toBeUndefined();
  await store.signIns.count(attempt('a'), never);
  const once = await seen();
  const second = await store.signIns.count(attempt('a'), never);
  expect((await seen())?.failures).toBe(2);
  await store.signIns.takeBack(['a'], second.before);
  expect(await seen()).toEqual(once);
  await store.close();
});

test('what must wait is not counted', async () => {
  const store = await sampleStore();
  expect((await store.signIns.count(attempt('a'), () => 5)).waitMs).toBe(5);
  expect((await store.signIns.count(attempt('a'), never)).before.size).toBe(0);
  await store.close();
});
