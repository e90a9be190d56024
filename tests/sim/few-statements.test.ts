import { Statements } from '@ferry/controller/count-statements';
import { fillStore } from '@ferry/controller/fill-store';
import { afterEach, expect, test, vi } from 'vitest';
import { NovaRequests } from './nova-request.ts';
import { onLoopback } from './openstack-caller.ts';
import { Stage } from './world.ts';

/** What servers and their callers are told from; the controller asks for other things for itself meanwhile. */
const tables = /instance_profile|token|aggregate|security_group|volume_attachment|identity_/;

afterEach(() => {
  vi.restoreAllMocks();
});

test('a request takes as few statements of the database however many servers there are', async () => {
  const statements = new Statements();
  await using stage = await Stage.open({}, { ...onLoopback, resumeIntervalMs: 3_600_000 });
  const nova = new NovaRequests(stage);
  const asked = (path: string): Promise<number> => statements.of(tables, () => nova.get(path));
  const id = await stage.guest({ name: 'web' });
  expect(await asked('/servers/detail')).toBe(2);
  await fillStore(stage.database, { hosts: 4, instances: 1200, migrations: 1200 });
  // Whose token it is, is kept for a moment.
  expect(await asked(`/servers/${id}`)).toBe(1);
  // The ids, and what is told of them, a hundred at a time.
  expect(await asked('/servers/detail?limit=100')).toBe(2);
  expect(await asked('/servers/detail')).toBe(11);
  expect(await asked('/servers')).toBe(11);
  expect(await asked('/os-migrations')).toBe(1);
  const { servers } = (await nova.get<{ servers: object[] }>('/servers/detail')).body;
  expect(servers).toHaveLength(1000);
});
