import type { HostBody, InstanceBody } from '@ferry/api';
import type { Page } from 'playwright-core';
import type { PlayFleet } from './play-fleet.ts';

/** Measures, in the page, how long each frame takes (in milliseconds) while it is scrolled from its top on, so many pixels a frame. */
export const scrollThrough = (pixels: number): string => `new Promise((resolve) => {
  const box = document.querySelector('[role="rowgroup"]');
  const frames = [];
  let last = performance.now();
  const step = (now) => {
    frames.push(now - last);
    last = now;
    box.scrollTop += ${pixels};
    if (frames.length < 180) requestAnimationFrame(step);
    else resolve(frames.slice(1));
  };
  requestAnimationFrame(step);
})`;

/**
 * Has the two long lists of the API answered as a controller with so much would: entries as a real one tells them, in its
 * pages. So the page is measured, and not how long a simulation of a thousand hosts takes in the same process.
 */
export async function answerLargely(
  page: Page,
  fleet: PlayFleet,
  { hosts, instances }: { readonly hosts: number; readonly instances: number },
): Promise<void> {
  const [host] = await fleet.client().hosts();
  const [instance] = await fleet.client().instances();
  if (host === undefined || instance === undefined) throw new Error('the fleet is empty');
  const manyHosts = Array.from({ length: hosts }, (_, at): HostBody => {
    const number = at + 1;
    return { ...host, id: `host-${number}`, name: `compute${number}`, zone: `zone${number % 8}` };
  });
  const many = Array.from({ length: instances }, (_, at): InstanceBody => {
    const number = at + 1;
    return {
      ...instance,
      id: `instance-${number}`,
      name: `web${number}`,
      hostId: `host-${(at % hosts) + 1}`,
    };
  });
  await page.route(/\/ferry\/v1\/hosts\?/, (route) =>
    route.fulfill({ json: { hosts: manyHosts, next: null } }),
  );
  await page.route(/\/ferry\/v1\/instances\?/, (route) => {
    const marker = new URL(route.request().url()).searchParams.get('marker');
    const begin = marker === null ? 0 : Number(marker.replace('instance-', ''));
    const part = many.slice(begin, begin + 1_000);
    const next = begin + 1_000 >= instances ? null : (part.at(-1)?.id ?? null);
    return route.fulfill({ json: { instances: part, next } });
  });
}
