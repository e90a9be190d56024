import { SimulatedHypervisor, SimulatedWorld } from '@ferry/hypervisor/simulated';
import { expect, test, vi } from 'vitest';
import { memoryStore } from '../../store/database/test-database.test-support.ts';
import { hosts } from '../../store/instances/sample-store.test-support.ts';
import { HostDirectories } from './host-directories.ts';

test('a use of a file reads its own host, and not all that there are', async () => {
  const world = new SimulatedWorld({ kind: 'by-hand' });
  const { uri } = world.addHost('compute11');
  const { store } = await memoryStore();
  for (const host of hosts)
    await store.hosts.add({
      ...host,
      uri: host.name === 'a' ? uri : host.uri,
      allowedDirectories: ['/srv/guests'],
    });
  const all = vi.spyOn(store.hosts, 'list');
  const directories = new HostDirectories(new SimulatedHypervisor(world), store, 1_000);
  await directories.require(uri, '/srv/guests/web.qcow2', 'read');
  await directories.require(uri, '/images/web.qcow2', 'write');
  await expect(directories.require(uri, '/etc/shadow.d/x', 'write')).rejects.toThrow('is left alone');
  expect(all).not.toHaveBeenCalled();
  await store.close();
});
