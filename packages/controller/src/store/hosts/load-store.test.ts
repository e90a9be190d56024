import type { Load } from '@ferry/model';
import { expect, test } from 'vitest';
import { sampleStore } from '../instances/sample-store.test-support.ts';
import type { HostLoad } from './load-store.ts';

const load: Load = { at: '2030-01-01T00:01:00.000Z', cpus: 2.5, hours: [2.5, null] };
const seen = (at: string): HostLoad => ({
  load: null,
  others: null,
  times: { at, guestsNs: { 'web-1': 5e9, stranger: 7 } },
  stock: { at, bytes: { '/images': 2 ** 40 } },
});

test('a look is kept once: another controller that looked by what was before it keeps nothing', async () => {
  const store = await sampleStore();
  const { loads } = store;
  const [first, second] = [seen('2030-01-01T00:00:00.000Z'), { ...seen(load.at), load, others: load }];
  expect(await loads.saw('host-a', null, first, new Map())).toBe(true);
  expect(await loads.saw('host-a', null, second, new Map([['web-1', load]]))).toBe(false);
  expect(await loads.instances()).toEqual(new Map());
  expect(await loads.saw('host-a', first, second, new Map([['web-1', load]]))).toBe(true);
  expect(await loads.saw('host-a', first, first, new Map())).toBe(false);
  expect(await loads.hosts()).toEqual(new Map([['host-a', second]]));
  expect(await loads.instances(['web-1', 'nobody'])).toEqual(new Map([['web-1', load]]));
  await store.close();
});
