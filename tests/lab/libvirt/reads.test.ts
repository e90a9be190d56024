import { Lab } from '@ferry/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasLines } from './procedures/has-lines.ts';
import { isAmong } from './procedures/is-among.ts';
import { hosts, places } from './procedures/places.ts';
import { prove } from './procedures/prove.ts';
import { reads } from './procedures/reads/reads.ts';
import { openWorld, type World } from './procedures/world.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await Lab.up({ name: 'lvreads', hosts });
});
afterAll(() => lab?.down());

describe.each(places)('$driver of libvirt $release', (place) => {
  let world: World;
  let printed: ReadonlyMap<string, string | null>;
  const asked = reads.filter(({ not }) => !isAmong(place, not));
  const answered = asked.filter(({ refused }) => !isAmong(place, refused));
  const told = answered.flatMap(({ name, virsh }) => (virsh === null ? [] : { name, ...virsh }));

  beforeAll(async () => {
    world = await openWorld(lab.host(place.host), place.driver, place.release);
    const commands = [...new Set(told.map(({ command }) => command))];
    const outputs = await world.virsh(commands);
    printed = new Map(commands.map((command, index) => [command, outputs[index] ?? null]));
  });
  afterAll(() => world?.end());

  test.each(asked)('$name: $python', async (one) => {
    expect(await prove(world, one)).toBe(one);
  });

  test.each(told)('$name: virsh $command', async ({ command, prints }) => {
    const output = printed.get(command) ?? '';
    const according = await prints(world);
    const same = typeof according === 'string' ? output === according.trim() : hasLines(output, according);
    expect(same, `${output}\n--- where we would have printed\n${String(according)}`).toBe(true);
  });
});
