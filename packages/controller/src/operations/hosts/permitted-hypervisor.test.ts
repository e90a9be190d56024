import { SimulatedHypervisor, SimulatedWorld } from '@ferry/hypervisor/simulated';
import type { Hypervisor, LiveMigrationOptions } from '@ferry/hypervisor';
import { expect, test, vi } from 'vitest';
import { HostUris } from './host-uris.ts';
import { HostsFile } from './hosts-file.ts';
import { permittedHypervisor } from './permitted-hypervisor.ts';

const options: LiveMigrationOptions = {
  domainId: 'web',
  persistent: true,
  copyDisks: [],
  bandwidthBytesPerSecond: null,
  maxDowntimeMs: null,
  postCopy: false,
  arrivesPaused: false,
  adaptation: null,
};

function hosts(): { asked: string[]; permitted: Hypervisor } {
  const world = new SimulatedWorld({ kind: 'own', stepMs: 1 });
  world.addHost('one', {});
  const real = new SimulatedHypervisor(world);
  const asked: string[] = [];
  const counting: Hypervisor = {
    host: (uri) => {
      asked.push(uri);
      return real.host(uri);
    },
    close: () => real.close(),
  };
  const uris = new HostUris(new HostsFile('/nowhere'), (uri) =>
    uri.includes('?') ? ['it has a parameter'] : [],
  );
  return { asked, permitted: permittedHypervisor(counting, uris) };
}

test('a plain host is asked as if nothing were between', async () => {
  const { permitted } = hosts();
  const host = permitted.host('simulated://one/');
  expect(host.uri).toBe('simulated://one/');
  await expect(host.facts()).resolves.toMatchObject({});
  await expect(host.domains.observe('nobody')).resolves.toMatchObject({ kind: 'absent' });
  await expect(host.migration.jobProgress('nobody')).resolves.toBeNull();
});

test('one whose URI is not used is silent, and never dialled', async () => {
  const { asked, permitted } = hosts();
  const host = permitted.host('qemu+ext:///system?command=/bin/sh');
  const silence = { code: 'unreachable', message: expect.stringContaining('it has a parameter') };
  await expect(host.facts()).rejects.toMatchObject(silence);
  await expect(host.domains.list()).rejects.toMatchObject(silence);
  await expect(host.migration.abortJob('web')).rejects.toMatchObject(silence);
  await expect(host.domains.observe('web')).resolves.toMatchObject({ kind: 'unreachable' });
  const read = async (): Promise<void> => {
    for await (const chunk of host.storage.readImage('/a')) void chunk;
  };
  await expect(read()).rejects.toMatchObject(silence);
  expect(host.shell).toBeNull();
  await host.close();
  expect(asked).toEqual([]);
});

test('one whose owner takes its URI back has its connections ended', async () => {
  const world = new SimulatedWorld({ kind: 'own', stepMs: 1 });
  world.addHost('one', {});
  const real = new SimulatedHypervisor(world).host('simulated://one/');
  const closed = vi.spyOn(real, 'close');
  let reasons: string[] = [];
  const uris = new HostUris(new HostsFile('/nowhere'), () => reasons);
  const permitted = permittedHypervisor({ host: () => real, close: () => Promise.resolve() }, uris);
  await permitted.host('simulated://one/').facts();
  expect(closed).not.toHaveBeenCalled();
  reasons = ['it is taken back'];
  for (const look of [1, 2]) {
    await expect(permitted.host('simulated://one/').facts(), `look ${look}`).rejects.toThrow('taken back');
    expect(closed).toHaveBeenCalledTimes(1);
  }
});

test('no host is told to reach another one by such a URI', async () => {
  const { permitted } = hosts();
  const { migration } = permitted.host('simulated://one/');
  const bad = { ...options, targetPeerUri: 'qemu+ssh://two/system?command=/bin/sh' };
  const refused = { code: 'refused', mayHaveRun: false, message: expect.stringContaining('"peerUris"') };
  await expect(migration.migrateToPeer(bad)).rejects.toMatchObject(refused);
  await expect(migration.resumePostCopy(bad)).rejects.toMatchObject(refused);
});
