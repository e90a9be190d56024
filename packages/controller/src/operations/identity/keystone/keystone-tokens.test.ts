import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { Refusal } from '../../engine/refusal.ts';
import { KeystoneTokens } from './keystone-tokens.ts';

const start = Date.UTC(2030, 0, 1);

/** As much of Keystone as is asked for, and a log of what was. */
class SmallKeystone implements AsyncDisposable {
  readonly log: string[] = [];
  readonly clock = { ms: start };
  /** What it answers about tokens; the service user's own are counted up. */
  answer: (own: string) => { status: number; body?: unknown } = () => ({ status: 404 });
  readonly #server: Server = createServer((request, response) => this.#serve(request, response));

  static async start(): Promise<SmallKeystone> {
    const keystone = new SmallKeystone();
    keystone.#server.listen(0, '127.0.0.1');
    await once(keystone.#server, 'listening');
    return keystone;
  }

  tokens(timeoutMs = 5_000): KeystoneTokens {
    const { port } = this.#server.address() as AddressInfo;
    const user = {
      name: 'ferry',
      password: 's',
      domainName: 'Default',
      projectName: 'service',
      projectDomainName: 'Default',
    };
    return new KeystoneTokens(
      { url: `http://127.0.0.1:${port}/`, user, roleMap: {}, timeoutMs },
      () => this.clock.ms,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    if (request.method === 'POST') {
      this.log.push('sign in');
      const own = `own${this.log.filter((entry) => entry === 'sign in').length}`;
      response.writeHead(201, { 'x-subject-token': own }).end('{}');
      return;
    }
    const own = String(request.headers['x-auth-token']);
    this.log.push(`validate by ${own}`);
    const { status, body } = this.answer(own);
    response.writeHead(status).end(JSON.stringify(body ?? {}));
  }
}

function token(livesMs: number): { status: number; body: unknown } {
  const expires = new Date(start + livesMs).toISOString();
  const user = { id: 'u', name: 'ada' };
  return { status: 200, body: { token: { user, expires_at: expires, roles: [{ name: 'member' }] } } };
}

test('a token is asked about once, also when several ask at once, and again after a minute', async () => {
  await using keystone = await SmallKeystone.start();
  keystone.answer = () => token(3_600_000);
  const tokens = keystone.tokens();
  const callers = await Promise.all([tokens.callerOf('t'), tokens.callerOf('t')]);
  expect(callers.map((caller) => caller?.userName)).toEqual(['ada', 'ada']);
  keystone.clock.ms += 59_999;
  await tokens.callerOf('t');
  expect(keystone.log).toEqual(['sign in', 'validate by own1']);
  keystone.clock.ms += 1;
  await tokens.callerOf('t');
  expect(keystone.log).toEqual(['sign in', 'validate by own1', 'validate by own1']);
});

test("Keystone's word is not taken beyond the token's end", async () => {
  await using keystone = await SmallKeystone.start();
  keystone.answer = () => token(10_000);
  const tokens = keystone.tokens();
  expect(await tokens.callerOf('t')).not.toBeNull();
  keystone.clock.ms += 10_000;
  expect(await tokens.callerOf('t')).toBeNull();
});

test('a service token that has ended is replaced', async () => {
  await using keystone = await SmallKeystone.start();
  keystone.answer = (own) => (own === 'own1' ? { status: 401 } : token(3_600_000));
  expect(await keystone.tokens().callerOf('t')).toMatchObject({ userName: 'ada' });
  expect(keystone.log).toEqual(['sign in', 'validate by own1', 'sign in', 'validate by own2']);
});

test('a token that Keystone does not know is nobody', async () => {
  await using keystone = await SmallKeystone.start();
  expect(await keystone.tokens().callerOf('t')).toBeNull();
});

test.each([
  ['an error of its own', { status: 500 }, 'it answered 500'],
  ['a service user that may not ask', { status: 403 }, 'it answered 403'],
  ['an answer that is none', { status: 200, body: { hello: 1 } }, 'is none'],
])('%s is told, and not taken for a bad token', async (_what, answer, message) => {
  await using keystone = await SmallKeystone.start();
  keystone.answer = () => answer;
  const asking = keystone.tokens().callerOf('t');
  await expect(asking).rejects.toThrow(Refusal);
  await expect(asking).rejects.toMatchObject({
    code: 'keystone-silent',
    message: expect.stringContaining(message) as string,
  });
});

test('nobody at the address is told', async () => {
  const keystone = await SmallKeystone.start();
  const tokens = keystone.tokens();
  await keystone[Symbol.asyncDispose]();
  await expect(tokens.callerOf('t')).rejects.toMatchObject({
    message: expect.stringContaining('ECONNREFUSED') as string,
  });
});
