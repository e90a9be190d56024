import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ControllerOptions } from '@ferry/controller';
import { ask, type RequestContext, type Reply } from '../sim/ask.ts';
import { Stage } from '../sim/world.ts';
import { OpenStackClients } from './client.ts';

/** A whole controller on three simulated hosts that listens on loopback, and the first user's clients. */
export class FerryServer implements AsyncDisposable {
  readonly stage: Stage;
  readonly clients: OpenStackClients;

  private constructor(stage: Stage) {
    this.stage = stage;
    this.clients = OpenStackClients.here(this.environment());
  }

  static async start(options: Partial<ControllerOptions> = {}): Promise<FerryServer> {
    const listen = { host: '127.0.0.1', port: 0 };
    return new FerryServer(await Stage.open({}, { listen, ...options }));
  }

  /** `http://127.0.0.1:PORT`. */
  get url(): string {
    return this.stage.url;
  }

  /** What an openrc file of the first user sets, with other things where they are given. */
  environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    return {
      OS_AUTH_URL: `${this.url}/identity/v3`,
      OS_IDENTITY_API_VERSION: '3',
      OS_USERNAME: 'admin',
      OS_PASSWORD: readFileSync(join(this.stage.dataDirectory, 'admin.password'), 'utf8').trim(),
      OS_USER_DOMAIN_NAME: 'Default',
      OS_PROJECT_NAME: 'admin',
      OS_PROJECT_DOMAIN_NAME: 'Default',
      OS_REGION_NAME: 'RegionOne',
      ...more,
    };
  }

  /** One request of no client. */
  request(method: string, path: string, asked: RequestContext = {}): Promise<Reply> {
    return ask(this.url, method, path, asked);
  }

  /** A token of the first user for the first project. */
  async token(): Promise<string> {
    const { OS_USERNAME: name, OS_PASSWORD: password } = this.environment();
    const domain = { name: 'Default' };
    const { headers } = await this.request('POST', '/identity/v3/auth/tokens', {
      body: {
        auth: {
          identity: { methods: ['password'], password: { user: { name, password, domain } } },
          scope: { project: { name: 'admin', domain } },
        },
      },
    });
    return headers.get('x-subject-token') ?? '';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.clients[Symbol.dispose]();
    await this.stage[Symbol.asyncDispose]();
  }
}
