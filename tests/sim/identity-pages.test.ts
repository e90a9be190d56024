import { IdentityClient } from '@ferry/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { IdentityStage } from './identity-stage.ts';

let identity: IdentityStage;

beforeAll(async () => {
  identity = await IdentityStage.open();
  for (let number = 0; number < 5; number += 1) {
    const project = { project: { name: `p-${number}` } };
    const made = await identity.ask('POST', '/identity/v3/projects', {
      token: identity.admin,
      body: project,
    });
    const user = { user: { name: `u-${number}`, password: 'a long password' } };
    const { body } = await identity.ask('POST', '/identity/v3/users', { token: identity.admin, body: user });
    const ids = [made.body, body].map((one) => Object.values(one as Record<string, { id: string }>)[0]?.id);
    const roles = await read('/identity/v3/roles');
    const role = (roles.items[0] as { id: string }).id;
    await identity.ask('PUT', `/identity/v3/projects/${ids[0]}/users/${ids[1]}/roles/${role}`, {
      token: identity.admin,
    });
  }
});
afterAll(() => identity[Symbol.asyncDispose]());

interface Page {
  readonly status: number;
  readonly items: readonly object[];
  readonly next: string | null;
}

async function read(path: string): Promise<Page> {
  const { status, body } = await identity.ask('GET', path, { token: identity.admin });
  const { links, ...lists } = body as { links?: { next: string | null } } & Record<string, object[]>;
  return { status, items: Object.values(lists)[0] ?? [], next: links?.next ?? null };
}

/** All of a list by its pages, and how many there were. */
async function byPages(path: string): Promise<{ items: object[]; pages: number }> {
  const items: object[] = [];
  let pages = 0;
  for (let next: string | null = path; next !== null; pages += 1) {
    const page: Page = await read(next);
    expect(page.status).toBe(200);
    expect(page.items.length).toBeLessThanOrEqual(2);
    items.push(...page.items);
    next = page.next === null ? null : page.next.slice(page.next.indexOf('/identity/v3'));
  }
  return { items, pages };
}

test.each([
  'users',
  'projects',
  'roles',
  'role_assignments',
  'domains',
  'auth/projects',
  'services',
  'endpoints',
])('the list of %s comes in pages, and is whole when all are read', async (noun) => {
  const whole = await read(`/identity/v3/${noun}`);
  expect(whole).toMatchObject({ status: 200, next: null });
  const { items, pages } = await byPages(`/identity/v3/${noun}?limit=2`);
  expect(items).toEqual(whole.items);
  expect(pages).toBe(Math.max(1, Math.ceil(whole.items.length / 2)));
});

test('filters hold for each page, and lists of what Ferry has not are empty pages', async () => {
  const { items } = await byPages('/identity/v3/users?limit=2&enabled=true');
  expect(items.length).toBeGreaterThanOrEqual(6);
  expect(await read('/identity/v3/credentials?limit=2')).toMatchObject({
    status: 200,
    items: [],
    next: null,
  });
});

test('a page has 1,000 entries at most, whatever is asked for; what is no limit or marker is refused', async () => {
  expect(await read('/identity/v3/users?limit=999999999')).toMatchObject({ status: 200, next: null });
  for (const query of ['limit=0', 'limit=-1', 'limit=two', 'marker=nobody', `limit=${'9'.repeat(30)}`])
    expect((await read(`/identity/v3/users?${query}`)).status).toBe(400);
});

test('more than a page without a limit goes on, and the own client reads all of it', async () => {
  for (let number = 0; number < 1_001; number += 1) {
    const body = { project: { name: `many-${number}` } };
    await identity.ask('POST', '/identity/v3/projects', { token: identity.admin, body });
  }
  const first = await read('/identity/v3/projects');
  expect(first.items).toHaveLength(1_000);
  expect(first.next).toContain('marker=');
  const client = new IdentityClient(identity.stage.clientOptions('admin'));
  expect((await client.projects()).length).toBeGreaterThan(1_000);
});
