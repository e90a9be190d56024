import { expect, test } from 'vitest';
import { type Answer, ask, onLoopback } from './openstack-caller.ts';
import { Stage } from './world.ts';

const lists = ['hosts', 'flavors', 'instances', 'migrations', 'security-groups', 'volumes'] as const;

test("each list of Ferry's API comes in pages, and tells where the next begins", async () => {
  await using stage = await Stage.open({}, onLoopback);
  for (const name of ['a', 'b', 'c']) await stage.guest({ name });
  const get = (path: string) => ask(stage, 'GET', `/ferry/v1/${path}`);
  const body = { vcpus: 1, memoryMib: 64, rootGib: 1 };
  for (const name of ['a', 'b', 'c'])
    expect((await ask(stage, 'POST', '/ferry/v1/flavors', { body: { ...body, name } })).status).toBe(201);
  for (const list of lists) {
    const whole = (await get(list)).body;
    const [noun = ''] = Object.keys(whole);
    expect([list, whole.next]).toEqual([list, null]);
    const seen: unknown[] = [];
    let marker: string | null = '';
    while (marker !== null) {
      const { body: page }: Answer = await get(`${list}?limit=1${marker === '' ? '' : `&marker=${marker}`}`);
      expect(page[noun].length).toBeLessThanOrEqual(1);
      seen.push(...page[noun]);
      marker = page.next as string | null;
    }
    expect(seen).toEqual(whole[noun]);
    const gone = await get(`${list}?marker=gone`);
    expect([gone.status, gone.body.error.code]).toEqual([400, 'marker-not-found']);
    expect((await get(`${list}?limit=-1`)).status).toBe(400);
  }
  expect((await get('instances?limit=1')).body.next).not.toBeNull();
  expect((await get('flavors?limit=1')).body.next).not.toBeNull();
});

test("the network API's lists come in pages that link to the next", async () => {
  await using stage = await Stage.open({}, onLoopback);
  for (const name of ['a', 'b', 'c'])
    await ask(stage, 'POST', '/ferry/v1/security-groups', { body: { name } });
  const list = '/network/v2.0/security-groups';
  const whole = (await ask(stage, 'GET', list)).body;
  expect(whole.security_groups).toHaveLength(3);
  const seen: unknown[] = [];
  for (let next: string | undefined = `${list}?limit=2`; next !== undefined; ) {
    const { body: page }: Answer = await ask(stage, 'GET', next);
    seen.push(...page.security_groups);
    const href = page.security_groups_links?.[0].href as string | undefined;
    next = href?.replace(stage.url, '');
  }
  expect(seen).toEqual(whole.security_groups);
  expect(whole).not.toHaveProperty('security_groups_links');
});
