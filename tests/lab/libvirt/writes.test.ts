import { Lab } from '@ferry/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isAmong } from './procedures/is-among.ts';
import { hosts, places } from './procedures/places.ts';
import { prove } from './procedures/prove.ts';
import { openWorld, type World } from './procedures/world.ts';
import { writes } from './procedures/writes/writes.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await Lab.up({ name: 'lvwrites', hosts });
});
afterAll(() => lab?.down());

describe.each(places)('$driver of libvirt $release', (place) => {
  let world: World;

  beforeAll(async () => {
    world = await openWorld(lab.host(place.host), place.driver, place.release);
  });
  afterAll(() => world?.end());

  test.each(writes.filter(({ not }) => !isAmong(place, not)))('$name: $python', async (one) => {
    expect(await prove(world, one)).toBe(one);
  });
});
