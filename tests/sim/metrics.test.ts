import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { metricTable } from '@ferry/controller/metrics';
import { expect, test } from 'vitest';
import { Stage, until } from './world.ts';

/** Samples as they are told: by name and labels, in the order of the page. */
type Samples = ReadonlyMap<string, number>;

function samplesOf(text: string): Samples {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))] as const;
    }),
  );
}

async function ask(url: string, token?: string): Promise<{ status: number; type: string; text: string }> {
  const response = await fetch(url, {
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });
  return {
    status: response.status,
    type: response.headers.get('content-type') ?? '',
    text: await response.text(),
  };
}

const open = (): Promise<Stage> =>
  Stage.open({}, { listen: { host: '127.0.0.1', port: 0 }, metricsListen: { host: '127.0.0.1', port: 0 } });

test('a reader is told metrics, whoever has no token is not, and an address of their own asks for none', async () => {
  await using stage = await open();
  const reader = readFileSync(join(stage.dataDirectory, 'reader.token'), 'utf8').trim();
  expect((await ask(`${stage.url}/metrics`)).status).toBe(401);
  const told = await ask(`${stage.url}/metrics`, reader);
  expect([told.status, told.type]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
  expect(told.text).toContain('\n# TYPE nodejs_eventloop_lag_seconds gauge\n');

  const alone = await ask(`${stage.metricsUrl}/metrics`);
  expect([alone.status, alone.text.includes('ferry_build_info{')]).toEqual([200, true]);
  // That address has nothing else.
  expect((await ask(`${stage.metricsUrl}/ferry/v1/health`)).status).toBe(404);
  expect((await ask(`${stage.metricsUrl}/ferry/v1/hosts`, reader)).status).toBe(404);
});

test('moves, refusals and hosts are counted, and no series is named after an instance', async () => {
  await using stage = await open();
  const web = await stage.guest({ name: 'web', directory: '/shared' });
  const client = stage.client();
  const before = samplesOf((await ask(`${stage.metricsUrl}/metrics`)).text);
  const ended = 'ferry_migrations_ended_total{kind="live-migration",status="completed"}';
  expect(before.get(ended)).toBe(0);

  const { id } = await client.migrate('web', { kind: 'live-migration', host: 'compute12' });
  await stage.over(id);
  await stage.quiet();
  await expect(client.migrate('nothing', { kind: 'live-migration' })).rejects.toThrow('nothing');
  const { text } = await ask(`${stage.metricsUrl}/metrics`);
  const after = samplesOf(text);
  const shown = (name: string): number | undefined => after.get(name);
  expect(shown(ended)).toBe(1);
  expect(shown('ferry_migration_duration_seconds_count{kind="live-migration",status="completed"}')).toBe(1);
  expect(shown('ferry_migration_transferred_bytes_total{kind="live-migration",of="memory"}')).toBeGreaterThan(
    0,
  );
  expect(shown('ferry_migration_downtime_seconds_count{kind="live-migration"}')).toBe(1);
  expect(shown('ferry_operation_runs_total{workflow="live-migrate",result="done"}')).toBe(1);
  expect(shown('ferry_hosts{state="up",takes="enabled"}')).toBe(3);
  expect(shown('ferry_host_up{host="compute12"}')).toBe(1);
  expect(shown('ferry_host_memory_bytes{host="compute12"}')).toBeGreaterThan(0);
  expect(shown('ferry_instances{vm_state="active"}')).toBe(1);
  const route = '/ferry/v1/instances/:instance/migrations';
  expect(shown(`ferry_http_requests_total{api="ferry",method="POST",route="${route}",status="202"}`)).toBe(1);
  expect(shown(`ferry_http_requests_total{api="ferry",method="POST",route="${route}",status="404"}`)).toBe(1);
  expect(shown('ferry_database_statement_duration_seconds_count')).toBeGreaterThan(10);
  expect(shown('ferry_state_read')).toBe(1);
  expect(text).not.toContain(web);
  expect(text).not.toContain('"web"');
});

test('what is under way is seen while it goes on', async () => {
  await using stage = await open();
  const web = await stage.guest({ name: 'web', directory: '/shared' });
  stage.slow();
  const { id } = await stage.client().migrate('web', { kind: 'live-migration', host: 'compute12' });
  await stage.sending(web);
  const now = samplesOf((await ask(`${stage.metricsUrl}/metrics`)).text);
  expect(now.get('ferry_migrations{kind="live-migration",status="running"}')).toBe(1);
  expect(now.get('ferry_operations_running')).toBe(1);
  expect(now.get('ferry_leases_held')).toBe(1);
  expect(now.get('ferry_claimed_memory_bytes')).toBe(128 * 1024 ** 2);
  expect(now.get('ferry_migration_oldest_timestamp_seconds{kind="live-migration"}')).toBeGreaterThan(1.6e9);
  stage.fast();
  await stage.over(id);
  await stage.quiet();
  const then = samplesOf((await ask(`${stage.metricsUrl}/metrics`)).text);
  // What is over has no series left.
  expect([...then.keys()].filter((name) => name.startsWith('ferry_migrations{'))).toEqual([]);
  await until('the lease is given back', async () => {
    const later = samplesOf((await ask(`${stage.metricsUrl}/metrics`)).text);
    return later.get('ferry_leases_held') === 0 ? true : null;
  });
});

test('each metric of the table is told with its help, and named as Prometheus has it', async () => {
  await using stage = await open();
  const { text } = await ask(`${stage.metricsUrl}/metrics`);
  for (const [name, { type, help }] of Object.entries(metricTable)) {
    expect(text).toContain(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`);
    expect(name).toMatch(/^ferry_[a-z0-9_]+$/);
    expect(name.endsWith('_total')).toBe(type === 'counter');
    // Base units alone.
    expect(name).not.toMatch(/_(?:ms|milliseconds|minutes|kib|mib|gib|mb|percent)(?:_|$)/);
  }
});
