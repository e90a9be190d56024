import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { controllerLog } from '@ferry/controller';
import { expect, test } from 'vitest';
import { Stage, until } from './world.ts';

type Line = Readonly<Record<string, unknown>> & { readonly msg: string };

/** A log that is kept in memory. */
function keptLog(): { log: ReturnType<typeof controllerLog>; lines: Line[] } {
  const lines: Line[] = [];
  const write = (line: string): void => {
    lines.push(JSON.parse(line) as Line);
  };
  return { log: controllerLog('debug', { write }), lines };
}

async function move(stage: Stage, headers: Record<string, string>): Promise<{ id: string; request: string }> {
  const token = readFileSync(join(stage.dataDirectory, 'operator.token'), 'utf8').trim();
  const response = await fetch(`${stage.url}/ferry/v1/instances/web/migrations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ kind: 'live-migration', host: 'compute12' }),
  });
  const { id } = (await response.json()) as { id: string };
  return { id, request: response.headers.get('x-openstack-request-id') ?? '' };
}

test('each line of a move tells its migration and the request of the reply, also after a crash', async () => {
  const { log, lines } = keptLog();
  await using stage = await Stage.open({}, { listen: { host: '127.0.0.1', port: 0 }, log });
  const web = await stage.guest({ name: 'web', directory: '/shared' });
  stage.slow();
  const { id, request } = await move(stage, {});
  expect(request).toMatch(/^req-/);
  await stage.sending(web);
  const of = (among: readonly Line[]): Line[] => among.filter(({ operation }) => operation === id);
  const belongs = { migration: id, requestId: request, workflow: 'live-migrate' };
  expect(of(lines)).toContainEqual(
    expect.objectContaining({ ...belongs, msg: 'an operation is carried on', how: 'run' }),
  );
  const answered = lines.find(({ msg, requestId }) => msg === 'answered' && requestId === request);
  expect(answered).toMatchObject({
    method: 'POST',
    route: '/ferry/v1/instances/:instance/migrations',
    status: 202,
  });

  await stage.crash();
  const from = lines.length;
  stage.fast();
  await stage.start();
  await stage.over(id);
  await stage.quiet();
  // Whoever goes on with it knows who asked for it.
  const later = await until('the end is in the log', () => {
    const those = of(lines.slice(from));
    return those.some(({ msg }) => msg === 'an operation came to rest') ? those : null;
  });
  expect(later).toContainEqual(expect.objectContaining({ ...belongs, how: 'recover' }));
  expect(later.filter(({ msg }) => msg === 'an operation came to rest')).toEqual([
    expect.objectContaining({ ...belongs, result: 'done' }),
  ]);
});

test('an id that a caller gives to several requests is told beside, and nothing else that it might send', async () => {
  const { log, lines } = keptLog();
  await using stage = await Stage.open({}, { listen: { host: '127.0.0.1', port: 0 }, log });
  await stage.guest({ name: 'web', directory: '/shared' });
  const mine = 'req-0123abcd-0123-4567-89ab-0123456789ab';
  const { id } = await move(stage, { 'x-openstack-request-id': mine });
  await stage.over(id);
  const begun = lines.find(({ operation, msg }) => operation === id && msg === 'an operation is carried on');
  expect(begun).toMatchObject({ globalRequestId: mine });
  expect(begun?.['requestId']).not.toBe(mine);

  await fetch(`${stage.url}/ferry/v1/health`, { headers: { 'x-openstack-request-id': 'req-x" , "a": "b' } });
  const health = await until(
    'it is answered',
    () => lines.findLast(({ msg, route }) => msg === 'answered' && route === '/ferry/v1/health') ?? null,
  );
  expect(Object.keys(health)).not.toContain('globalRequestId');
});

test('an error is told with its message, by whichever name it is given', () => {
  const { log, lines } = keptLog();
  log.warn({ error: new Error('away') }, 'one');
  log.warn({ err: new Error('away') }, 'two');
  expect(lines).toMatchObject([{ error: { message: 'away' } }, { err: { message: 'away' } }]);
});
