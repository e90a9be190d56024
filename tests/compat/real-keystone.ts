import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { ask } from '../sim/ask.ts';

const run = promisify(execFile);
const domain = { id: 'default' };

/** Debian's Keystone with a database of its own in a temporary folder, as a process that the test starts and ends. */
export class RealKeystone implements AsyncDisposable {
  static readonly adminPassword = 'the administrator of the test';
  readonly #folder: string;
  readonly #server: ChildProcess;
  /** `http://127.0.0.1:PORT/v3`. */
  readonly url: string;
  #admin: string | null = null;

  private constructor(folder: string, server: ChildProcess, port: string) {
    this.#folder = folder;
    this.#server = server;
    this.url = `http://127.0.0.1:${port}/v3`;
  }

  static async start(): Promise<RealKeystone> {
    const folder = mkdtempSync(join(tmpdir(), 'ferry-keystone-'));
    const config = writeConfig(folder);
    const manage = (...words: string[]): Promise<unknown> =>
      run('keystone-manage', ['--config-file', config, ...words], { timeout: 60_000 });
    try {
      await manage('db_sync');
      letReadersBe(folder);
      const [user, group] = [process.getuid?.(), process.getgid?.()].map(String) as [string, string];
      await manage('fernet_setup', '--keystone-user', user, '--keystone-group', group);
      await manage('bootstrap', '--bootstrap-password', RealKeystone.adminPassword);
      const argv = [
        '--pdeathsig',
        'KILL',
        '/usr/bin/python3',
        join(import.meta.dirname, 'serve-keystone.py'),
      ];
      const server = spawn('setpriv', argv, {
        stdio: ['ignore', 'pipe', 'ignore'],
        env: { PATH: '/usr/bin:/bin', OS_KEYSTONE_CONFIG_FILES: config },
      });
      const [port] = (await Promise.race([
        once(createInterface(server.stdout), 'line'),
        once(server, 'exit').then(() => {
          throw new Error('Keystone ended before it told its port.');
        }),
      ])) as [string];
      return new RealKeystone(folder, server, port);
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** It takes connections and answers nothing, as a machine that hangs. */
  freeze(): void {
    this.#server.kill('SIGSTOP');
  }

  thaw(): void {
    this.#server.kill('SIGCONT');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const gone = this.#server.exitCode === null ? once(this.#server, 'exit') : null;
    this.#server.kill('SIGKILL');
    await gone;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** A token for a project, got with a password. */
  async token(name: string, password: string, project: string): Promise<string> {
    const identity = { methods: ['password'], password: { user: { name, password, domain } } };
    const { status, headers } = await ask(this.url, 'POST', '/auth/tokens', {
      body: { auth: { identity, scope: { project: { name: project, domain } } } },
    });
    const token = headers.get('x-subject-token');
    if (token === null) throw new Error(`Keystone gave no token to ${name}: ${status}`);
    return token;
  }

  /** A request as its administrator; gives the id of what it made, if it made something. */
  async must(method: string, path: string, body?: Record<string, unknown>, headers = {}): Promise<string> {
    this.#admin ??= await this.token('admin', RealKeystone.adminPassword, 'admin');
    const reply = await ask(this.url, method, path, {
      token: this.#admin,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    if (reply.status > 299)
      throw new Error(`${method} ${path} gave ${reply.status}: ${JSON.stringify(reply.body)}`);
    const [made] = Object.values((reply.body ?? {}) as Record<string, { id?: string }>);
    return made?.id ?? '';
  }

  /** Makes a user with a role, made as well where it is not there, in a project of that name. */
  async userWithRole(name: string, password: string, role: string, project: string): Promise<void> {
    const projectId = await this.#ensure('project', project);
    const roleId = await this.#ensure('role', role);
    const userId = await this.must('POST', '/users', { user: { name, password, domain_id: 'default' } });
    await this.must('PUT', `/projects/${projectId}/users/${userId}/roles/${roleId}`);
  }

  /** A user with a role in the system, and no project. */
  async userOfSystem(name: string, password: string, role: string): Promise<void> {
    const roleId = await this.#ensure('role', role);
    const userId = await this.must('POST', '/users', { user: { name, password, domain_id: 'default' } });
    await this.must('PUT', `/system/users/${userId}/roles/${roleId}`);
  }

  /** Enters a service into the catalog. */
  async serviceAt(type: string, url: string): Promise<void> {
    const id = await this.must('POST', '/services', { service: { type, name: type } });
    await this.must('POST', '/endpoints', { endpoint: { service_id: id, interface: 'public', url } });
  }

  async #ensure(noun: 'project' | 'role', name: string): Promise<string> {
    this.#admin ??= await this.token('admin', RealKeystone.adminPassword, 'admin');
    const { body } = await ask(this.url, 'GET', `/${noun}s?name=${name}`, { token: this.#admin });
    const [there] = (body as Record<string, { id: string }[]>)[`${noun}s`] ?? [];
    return there?.id ?? this.must('POST', `/${noun}s`, { [noun]: { name } });
  }
}

/** Keystone keeps a session that has read open while another one writes: without a log of its own SQLite refuses that. */
function letReadersBe(folder: string): void {
  const database = new DatabaseSync(join(folder, 'keystone.db'));
  database.exec('PRAGMA journal_mode = WAL');
  database.close();
}

function writeConfig(folder: string): string {
  for (const name of ['fernet', 'credential']) mkdirSync(join(folder, name), { mode: 0o700 });
  const config = join(folder, 'keystone.conf');
  writeFileSync(
    config,
    `[DEFAULT]
use_stderr = true
[database]
connection = sqlite:///${folder}/keystone.db
[token]
provider = fernet
[fernet_tokens]
key_repository = ${folder}/fernet
[credential]
key_repository = ${folder}/credential
[cache]
enabled = false
`,
  );
  return config;
}
