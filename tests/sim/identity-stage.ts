import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ControllerOptions } from '@ferry/controller';
import { ask, type RequestContext, type Reply } from './ask.ts';
import { Stage } from './world.ts';

const domain = { id: 'default' };

/** Whom a request for a token is from, and what it is for. */
export interface SigningIn {
  readonly name: string;
  readonly password: string;
  /** A project by its name; null: no scope is named. */
  readonly project?: string | null;
  readonly scope?: unknown;
  /** Where it seems to come from: the controller was told to believe a proxy on its own machine. */
  readonly from?: string;
}

/** A controller on loopback with a clock that stands still until it is put forward. */
export class IdentityStage implements AsyncDisposable {
  readonly stage: Stage;
  readonly #clock: { ms: number };
  /** The first administrator's, for the first project. */
  admin = '';

  private constructor(stage: Stage, clock: { ms: number }) {
    this.stage = stage;
    this.#clock = clock;
  }

  static async open(options: Partial<ControllerOptions> = {}): Promise<IdentityStage> {
    const clock = { ms: Date.UTC(2030, 0, 1) };
    const now = (): string => new Date(clock.ms).toISOString();
    const listen = { host: '127.0.0.1', port: 0 };
    const stage = await Stage.open({}, { listen, now, trustedProxies: ['127.0.0.1'], ...options });
    const opened = new IdentityStage(stage, clock);
    if (options.keystone === undefined)
      opened.admin = await opened.tokenOf({ name: 'admin', password: opened.password });
    return opened;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stage[Symbol.asyncDispose]();
  }

  /** The first administrator's. */
  get password(): string {
    return readFileSync(join(this.stage.dataDirectory, 'admin.password'), 'utf8').trim();
  }

  ownToken(role: 'admin' | 'operator' | 'reader'): string {
    return readFileSync(join(this.stage.dataDirectory, `${role}.token`), 'utf8').trim();
  }

  now(): number {
    return this.#clock.ms;
  }

  wait(ms: number): void {
    this.#clock.ms += ms;
  }

  ask(method: string, path: string, asked: RequestContext = {}): Promise<Reply> {
    return ask(this.stage.url, method, path, asked);
  }

  /** A request to the identity API as the first administrator; its status must be as expected. */
  async must<T = unknown>(status: number, method: string, path: string, body?: unknown): Promise<T> {
    const asked = { token: this.admin, ...(body === undefined ? {} : { body }) };
    const reply = await this.ask(method, `/identity/v3${path}`, asked);
    if (reply.status !== status)
      throw new Error(`${method} ${path} gave ${reply.status}: ${JSON.stringify(reply.body)}`);
    return reply.body as T;
  }

  /** Asks for a token. */
  signIn({ name, password, project = 'admin', scope, from }: SigningIn): Promise<Reply> {
    const identity = { methods: ['password'], password: { user: { name, password, domain } } };
    const named = scope ?? (project === null ? undefined : { project: { name: project, domain } });
    return this.ask('POST', '/identity/v3/auth/tokens', {
      body: { auth: { identity, ...(named === undefined ? {} : { scope: named }) } },
      ...(from === undefined ? {} : { headers: { 'x-forwarded-for': from } }),
    });
  }

  async tokenOf(who: SigningIn): Promise<string> {
    const reply = await this.signIn(who);
    const token = reply.headers.get('x-subject-token');
    if (token === null)
      throw new Error(`no token for ${who.name}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return token;
  }

  /** Whether a token is good, asked with itself. */
  async isGood(token: string): Promise<boolean> {
    return (await this.ask('GET', '/identity/v3/auth/projects', { token })).status === 200;
  }

  /** Makes a project and a user with a role in it. */
  async member(
    name: string,
    role = 'member',
    project = 'research',
  ): Promise<{ id: string; projectId: string }> {
    const { project: made } = await this.must<{ project: { id: string } }>(201, 'POST', '/projects', {
      project: { name: project },
    });
    const { user } = await this.must<{ user: { id: string } }>(201, 'POST', '/users', {
      user: { name, password: `${name}'s own` },
    });
    await this.must(204, 'PUT', `/projects/${made.id}/users/${user.id}/roles/${await this.roleId(role)}`);
    return { id: user.id, projectId: made.id };
  }

  async roleId(name: string): Promise<string> {
    const { roles } = await this.must<{ roles: { id: string }[] }>(200, 'GET', `/roles?name=${name}`);
    return roles[0]?.id ?? '';
  }
}
