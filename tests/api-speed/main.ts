import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fillStore } from '@ferry/controller/fill-store';
import { PrivatePostgres } from '../postgres/private-postgres.ts';
import { hashMs } from './hash-ms.ts';
import { measureRequests } from './measure-requests.ts';
import { RealNova } from './real-nova.ts';

/**
 * How fast the compute API answers with many instances, at 1 and at 32 clients, on SQLite and on PostgreSQL, how long
 * another request waits beside them, and how much memory the controller has then. With `BENCH_NOVA=1` also how fast a real Nova answers beside it, on the same PostgreSQL.
 */
const filling = {
  hosts: 100,
  instances: Number(process.env['BENCH_INSTANCES'] ?? 10_000),
  migrations: 1_000,
};
/** Starts Node as `bin/ferry` starts `ferry serve`. */
const startServe = `. ${join(import.meta.dirname, '../../packages/cli/bin/serve-options')} && exec "$0" $options "$@"`;
const settledMs = 15_000;
const requests = Number(process.env['BENCH_REQUESTS'] ?? 100);

const signIn = (password: string): unknown => ({
  auth: {
    identity: {
      methods: ['password'],
      password: { user: { name: 'admin', domain: { id: 'default' }, password } },
    },
    scope: { project: { name: 'admin', domain: { id: 'default' } } },
  },
});

const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
process.stdout.write(
  `${new Date().toISOString().slice(0, 10)}, ${machine}, Node ${process.versions.node}; ${filling.instances} instances on ${filling.hosts} hosts, ${filling.migrations} migrations; ${requests} requests each; load ${loadavg()[0]?.toFixed(1)} before\n\n`,
);
process.stdout.write(
  '| database | request | clients | median | p99 | a second | processor, each |\n|---|---|---|---|---|---|---|\n',
);
process.stdout.write(`| | a password's hash alone (argon2id) | 1 | ${hashMs().toFixed(1)} ms | | | |\n`);
await measure('SQLite', null);
await using postgres = await PrivatePostgres.start();
await measure('PostgreSQL', postgres.url);
if (process.env['BENCH_NOVA'] === '1') await measureNova(postgres);

async function measureNova(where: PrivatePostgres): Promise<void> {
  await using nova = await RealNova.start(where, filling);
  const get = (path: string) => (): Promise<Response> =>
    fetch(`${nova.url}${path}`, { headers: RealNova.headers });
  // Each of its processes opens and loads what it needs at its first requests.
  await Promise.all(Array.from({ length: 32 }, get('/servers/detail?limit=1')));
  const measured = { name: `Nova ${nova.version} on PostgreSQL`, requests, cpuMs: null };
  await measureRequests(measured, {
    'GET /servers/{id}': get(`/servers/${nova.instanceId}`),
    'GET /servers/detail?limit=1000': get('/servers/detail?limit=1000'),
  });
}

async function measure(name: string, database: string | null): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'ferry-bench-api-'));
  try {
    // The first start makes the schema and the tokens; it is filled while nobody serves.
    await end((await serve(directory, database)).child);
    await fillStore(database ?? join(directory, 'ferry.db'), filling);
    const { child, url } = await serve(directory, database);
    try {
      // The watch over hosts has looked twice by then.
      await sleep(settledMs);
      const settled = memoryOf(child.pid ?? 0);
      await rows(name, url, directory, child.pid ?? 0);
      const loaded = memoryOf(child.pid ?? 0);
      process.stdout.write(
        `| ${name} | memory with nothing to do: ${settled}; after the last row: ${loaded} | | | | | |\n`,
      );
    } finally {
      await end(child);
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function rows(name: string, url: string, directory: string, pid: number): Promise<void> {
  const read = (file: string): string => readFileSync(join(directory, file), 'utf8').trim();
  const headers = { 'x-auth-token': read('admin.token'), 'openstack-api-version': 'compute 2.96' };
  const get = (path: string) => (): Promise<Response> => fetch(`${url}${path}`, { headers });
  const { servers } = (await (await get('/v2.1/servers?limit=1')()).json()) as { servers: { id: string }[] };
  const body = JSON.stringify(signIn(read('admin.password')));
  const one = get(`/v2.1/servers/${servers[0]?.id ?? ''}`);
  const measured = { name, requests, cpuMs: () => cpuMsOf(pid) };
  const asks: Record<string, () => Promise<Response>> = {
    'GET /servers/detail?limit=1000': get('/v2.1/servers/detail?limit=1000'),
    'GET /os-migrations': get('/v2.1/os-migrations'),
    'POST /auth/tokens': () =>
      fetch(`${url}/identity/v3/auth/tokens`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      }),
  };
  await measureRequests(measured, { 'GET /servers/{id}': one });
  await measureRequests(measured, asks, { what: 'GET /servers/{id}', ask: one });
}

async function serve(
  directory: string,
  database: string | null,
): Promise<{ child: ChildProcess; url: string }> {
  const { hosts, instances } = filling;
  const words = [directory, String(hosts), String(instances), ...(database === null ? [] : [database])];
  const script = join(import.meta.dirname, 'serve.ts');
  const child = spawn('sh', ['-c', startServe, process.execPath, script, ...words], {
    // The compiled code of the start before, as with `bin/ferry`.
    env: { ...process.env, NODE_COMPILE_CACHE: join(directory, 'compiled') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, url: line.toString('utf8').trim() };
}

async function end(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await exit;
}

/** Processor's time that a process has taken (proc_pid_stat(5): in hundredths of a second), without PostgreSQL's own. */
function cpuMsOf(pid: number): number {
  const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const [user, system] = fields.split(' ').slice(11, 13).map(Number);
  return ((user ?? 0) + (system ?? 0)) * 10;
}

/** What is resident, and its share of it. */
function memoryOf(pid: number): string {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const mib = (name: string): number =>
    Math.round(Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(rollup)?.[1] ?? 0) / 1024);
  return `${mib('Rss')} MiB resident, ${mib('Pss')} MiB proportional`;
}
