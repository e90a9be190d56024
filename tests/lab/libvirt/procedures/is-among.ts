import type { Where } from './case.ts';
import type { World } from './world.ts';

/** Whether a world is one of the places named. */
export function isAmong(world: Pick<World, 'name' | 'driver'>, places: readonly Where[]): boolean {
  return places.some((place) => place === world.driver || place === world.name);
}
