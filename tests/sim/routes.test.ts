import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { firstProject } from '@ferry/model';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { IdentityStage } from './identity-stage.ts';

/** One of the ten callers of docs/routes.md: what it sends, and what is its own. */
interface Caller {
  readonly token: string | null;
  readonly projectId: string | null;
  readonly userId: string | null;
}

interface Row {
  readonly method: string;
  readonly url: string;
  /** By the name of the caller. */
  readonly told: Readonly<Record<string, string>>;
}

const nobodys = '0123456789abcdef0123456789abcdef';
let identity: IdentityStage;
let callers: Readonly<Record<string, Caller>>;

beforeAll(async () => {
  identity = await IdentityStage.open();
  callers = await everyCaller();
});
afterAll(() => identity[Symbol.asyncDispose]());

/** The table that operators read. */
function rows(): Row[] {
  const text = readFileSync(new URL('../../docs/routes.md', import.meta.url), 'utf8');
  const lines = text.split('\n').filter((line) => line.startsWith('| '));
  const [head = [], , ...cells] = lines.map((line) => line.slice(2, -2).split(' | '));
  return cells.map((row) => {
    const [method = '', url = ''] = (row[0] ?? '').replaceAll('`', '').split(' ');
    return { method, url, told: Object.fromEntries(head.map((name, index) => [name, row[index] ?? ''])) };
  });
}

async function everyCaller(): Promise<Record<string, Caller>> {
  const own = async (role: 'reader' | 'operator' | 'admin'): Promise<Caller> => {
    const token = identity.ownToken(role);
    const headers = { 'x-subject-token': token };
    const { body } = await identity.ask('GET', '/identity/v3/auth/tokens', { token, headers });
    const { user } = (body as { token: { user: { id: string } } }).token;
    return { token, projectId: firstProject.id, userId: user.id };
  };
  const { project } = await identity.must<{ project: { id: string } }>(201, 'POST', '/projects', {
    project: { name: 'research' },
  });
  const signedIn = async (name: string, role: string, where: 'project' | 'system'): Promise<Caller> => {
    const password = `${name}'s own word`;
    const { user } = await identity.must<{ user: { id: string } }>(201, 'POST', '/users', {
      user: { name, password },
    });
    const place = where === 'system' ? '/system' : `/projects/${project.id}`;
    await identity.must(204, 'PUT', `${place}/users/${user.id}/roles/${await identity.roleId(role)}`);
    const scope = where === 'system' ? { scope: { system: { all: true } } } : { project: 'research' };
    const token = await identity.tokenOf({ name, password, ...scope });
    return { token, projectId: where === 'system' ? null : project.id, userId: user.id };
  };
  return {
    nobody: { token: null, projectId: null, userId: null },
    'made up': { token: 'made-up-token', projectId: null, userId: null },
    'Ferry reader': await own('reader'),
    'Ferry operator': await own('operator'),
    'Ferry admin': await own('admin'),
    'project reader': await signedIn('rita', 'reader', 'project'),
    'project member': await signedIn('mina', 'member', 'project'),
    'project admin': await signedIn('ada', 'admin', 'project'),
    'system reader': await signedIn('sam', 'reader', 'system'),
    'system admin': await signedIn('sue', 'admin', 'system'),
  };
}

/** A route's address with something in place of each parameter: what belongs to nobody, or `ids`. */
function addressOf(url: string, ids: { readonly user?: string; readonly project?: string } = {}): string {
  const named = url.includes('/users/:') ? ids.user : ids.project;
  const first = named ?? nobodys;
  return url
    .replace(/:project\([^)]*\)/, ids.project ?? nobodys)
    .replace(/:(id|user|project)(?=\/|$)/, first)
    .replace(/:\w+/g, nobodys)
    .replace('*', nobodys);
}

/** Nova's routes in the microversion that has them. */
function microversionOf(url: string): string {
  if (/os-hypervisors\/(?::id\/(?:search|servers))|os-hosts|\/v2\.1\/os-security-groups/.test(url))
    return '2.1';
  return /uptime|statistics/.test(url) ? '2.87' : '2.96';
}

/** The status of an answer, of which the rest is not read: some never end. A body that no route takes. */
function statusOf(method: string, url: string, path: string, { token }: Caller): Promise<number> {
  const hasBody = ['POST', 'PUT', 'PATCH'].includes(method);
  const body = '{"no":"such","fields":[]}';
  const upgrades = method === 'UPGRADE';
  return new Promise((resolve, reject) => {
    const asked = httpRequest(`${identity.stage.url}${path}${upgrades ? `?token=${token ?? ''}` : ''}`, {
      method: upgrades ? 'GET' : method,
      headers: {
        'openstack-api-version': `compute ${microversionOf(url)}`,
        ...(token === null ? {} : { 'x-auth-token': token }),
        ...(hasBody ? { 'content-type': 'application/json', 'content-length': body.length } : {}),
        ...(upgrades
          ? {
              connection: 'Upgrade',
              upgrade: 'websocket',
              'sec-websocket-version': '13',
              'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
            }
          : {}),
      },
    });
    asked.once('response', (reply) => {
      resolve(reply.statusCode ?? 0);
      reply.destroy();
    });
    asked.once('error', reject);
    asked.end(hasBody ? body : undefined);
  });
}

function classOf(status: number): string {
  return status === 401 || status === 403 ? String(status) : 'yes';
}

test('every route lets in whom docs/routes.md says, and tells others 401 or 403 whatever their body is', async () => {
  const table = rows();
  expect(table.length).toBeGreaterThan(200);
  const wrong: string[] = [];
  for (const { method, url, told } of table)
    for (const [name, caller] of Object.entries(callers)) {
      const status = await statusOf(method, url, addressOf(url), caller);
      const expected = told[name] === 'own' ? '403' : told[name];
      if (classOf(status) !== expected) wrong.push(`${method} ${url} as ${name}: ${status}, not ${expected}`);
    }
  expect(wrong).toEqual([]);
});

test("what is a caller's own it may have", async () => {
  const wrong: string[] = [];
  let asked = 0;
  for (const { method, url, told } of rows())
    for (const [name, caller] of Object.entries(callers)) {
      if (told[name] !== 'own') continue;
      const own = { user: caller.userId ?? nobodys, project: caller.projectId ?? nobodys };
      const status = await statusOf(method, url, addressOf(url, own), caller);
      asked += 1;
      if (classOf(status) !== 'yes') wrong.push(`${method} ${url} as ${name}: ${status}`);
    }
  expect(wrong).toEqual([]);
  expect(asked).toBeGreaterThan(20);
});
