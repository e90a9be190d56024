import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { availableParallelism, homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { PrivatePostgres } from '../postgres/private-postgres.ts';

const run = promisify(execFile);
const here = import.meta.dirname;
/** In the user's cache: Nova stays outside this repository. */
const debian = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'ferry/nova');
const arch = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
const environment = {
  PATH: '/usr/bin:/bin',
  PYTHONPATH: join(debian, 'usr/lib/python3/dist-packages'),
  LD_LIBRARY_PATH: ['lib', 'usr/lib'].map((folder) => join(debian, folder, `${arch}-linux-gnu`)).join(':'),
};
/** Twice as many as processors, as Debian's settings advise. */
const processes = 2 * availableParallelism();
/** What of Debian's settings for uWSGI is of an installed system: places, users, and how many processes there are. */
const ofInstalled = /^(logto|uid|gid|chdir|wsgi-file|paste-logger|plugins|processes)\b/;

/**
 * Debian's Nova API (`nova-api`), unpacked and not installed, in uWSGI with Debian's settings, on databases of its own in
 * a PostgreSQL that the caller has. It is spared what it would do beside reading its databases: nobody checks tokens
 * (`noauth2`), and the Neutron that it asks for security groups is a stub that says at once that there are none.
 */
export class RealNova implements AsyncDisposable {
  readonly #folder: string;
  readonly #server: ChildProcess;
  readonly #neutron: Server;
  /** `http://127.0.0.1:PORT/v2.1`. */
  readonly url: string;
  /** Which Nova it is, as the package says. */
  readonly version: string;
  /** The id of one of its instances. */
  readonly instanceId: string;
  static readonly headers = { 'x-auth-token': 'admin:bench', 'openstack-api-version': 'compute 2.93' };

  private constructor(parts: {
    folder: string;
    server: ChildProcess;
    neutron: Server;
    url: string;
    version: string;
    instanceId: string;
  }) {
    this.#folder = parts.folder;
    this.#server = parts.server;
    this.#neutron = parts.neutron;
    this.url = parts.url;
    this.version = parts.version;
    this.instanceId = parts.instanceId;
  }

  static async start(
    postgres: PrivatePostgres,
    filling: { instances: number; hosts: number },
  ): Promise<RealNova> {
    await run(resolve(here, '../../tools/unpack-nova'), [debian], { timeout: 600_000 });
    const folder = mkdtempSync(join(tmpdir(), 'ferry-nova-'));
    const neutron = await emptyNeutron();
    try {
      const config = writeConfig(folder, postgres, (neutron.address() as AddressInfo).port);
      await makeDatabases(config, postgres);
      const words = [config, String(filling.instances), String(filling.hosts)];
      const instanceId = await python(join(here, 'fill-nova.py'), ...words);
      const version = await python('-c', 'import nova.version; print(nova.version.version_string())');
      const server = startServer(folder);
      const url = `http://127.0.0.1:${await portOf(server)}/v2.1`;
      return new RealNova({ folder, server, neutron, url, version, instanceId });
    } catch (error) {
      neutron.close();
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const gone = this.#server.exitCode === null ? once(this.#server, 'exit') : null;
    this.#server.kill('SIGTERM');
    await gone;
    this.#neutron.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

async function python(...words: string[]): Promise<string> {
  const { stdout } = await run('/usr/bin/python3', words, { env: environment, timeout: 600_000 });
  return stdout.trim();
}

/** Answers every question as a Neutron with nothing in it does. */
async function emptyNeutron(): Promise<Server> {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json').end('{"ports":[],"security_groups":[]}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function makeDatabases(config: string, postgres: PrivatePostgres): Promise<void> {
  for (const name of ['nova_api', 'nova_cell0', 'nova_cell1'])
    await run('psql', ['-q', postgres.url, '-c', `CREATE DATABASE ${name}`]);
  const manage = (...words: string[]): Promise<string> =>
    python(join(debian, 'usr/bin/nova-manage'), '--config-file', config, ...words);
  await manage('api_db', 'sync');
  await manage('cell_v2', 'map_cell0', '--database_connection', connection(postgres, 'nova_cell0'));
  await manage('db', 'sync');
  await manage('cell_v2', 'create_cell', '--name', 'cell1');
}

/** As SQLAlchemy is told. */
function connection(postgres: PrivatePostgres, name: string): string {
  const folder = new URL(postgres.url).searchParams.get('host') ?? '';
  return `postgresql+psycopg2://ferry@/${name}?host=${folder}`;
}

function writeConfig(folder: string, postgres: PrivatePostgres, neutronPort: number): string {
  const config = join(folder, 'nova.conf');
  copyFileSync(join(debian, 'usr/share/nova-common/api-paste.ini'), join(folder, 'api-paste.ini'));
  writeFileSync(
    config,
    `[DEFAULT]
state_path = ${folder}
log_file = ${folder}/nova.log
transport_url = fake:/
[api]
auth_strategy = noauth2
[api_database]
connection = ${connection(postgres, 'nova_api')}
[database]
connection = ${connection(postgres, 'nova_cell1')}
[neutron]
auth_type = none
endpoint_override = http://127.0.0.1:${neutronPort}
`,
  );
  return config;
}

function startServer(folder: string): ChildProcess {
  const settings = readFileSync(join(debian, 'etc/nova/nova-api-uwsgi.ini'), 'utf8')
    .split('\n')
    .filter((line) => !ofInstalled.test(line));
  settings.push(
    `plugins = ${globSync(join(debian, 'usr/lib/uwsgi/plugins/python3*_plugin.so'))[0] ?? 'python3'}`,
    `processes = ${processes}`,
    'need-app = true',
    `wsgi-file = ${join(debian, 'usr/bin/nova-api-wsgi')}`,
    'http-socket = 127.0.0.1:0',
    'disable-logging = true',
    '',
  );
  const file = join(folder, 'uwsgi.ini');
  writeFileSync(file, settings.join('\n'));
  return spawn('setpriv', ['--pdeathsig', 'TERM', join(debian, 'usr/bin/uwsgi-core'), '--ini', file], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...environment, OS_NOVA_CONFIG_DIR: folder },
  });
}

/** Its port, once each of its processes has loaded Nova. */
async function portOf(server: ChildProcess): Promise<string> {
  if (server.stderr === null) throw new Error('uWSGI was started without its log.');
  let port = '';
  let ready = 0;
  let log = '';
  for await (const line of createInterface(server.stderr)) {
    log += `${line}\n`;
    port = /bound to TCP address 127\.0\.0\.1:(\d+)/.exec(line)?.[1] ?? port;
    if (/^WSGI app 0 .* ready in/.test(line)) ready += 1;
    if (ready === processes) {
      server.stderr.resume();
      return port;
    }
  }
  throw new Error(`Nova ended before it was ready:\n${log}`);
}
