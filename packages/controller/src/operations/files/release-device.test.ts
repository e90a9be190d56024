import { SimulatedHypervisor, SimulatedWorld } from '@ferry/hypervisor/simulated';
import { expect, test, vi } from 'vitest';
import { type MoveContext, targetOf } from '../context/move-context.ts';
import { releaseDevice } from './release-device.ts';
import { isBlank } from '../facts/devices/blank-device.ts';

const path = '/dev/san/web';
const domain = `<domain type='qemu'><name>other</name><uuid>11111111-1111-4111-8111-000000000001</uuid><memory unit='MiB'>64</memory><vcpu>1</vcpu>
<os><type arch='x86_64' machine='pc-q35-10.0'>hvm</type></os><devices><disk type='block' device='disk'><source dev='${path}'/><target dev='vda'/></disk></devices></domain>`;

/** A target with a device that holds something, and a move to it. */
function scene(): { world: SimulatedWorld; content: () => unknown; warn: () => void; context: MoveContext } {
  const world = new SimulatedWorld({ kind: 'own', stepMs: 1 });
  world.addHost('compute12', {});
  const device = {
    format: 'raw',
    capacityBytes: 16,
    backing: null,
    owner: null,
    content: 'of another guest',
  };
  world.host('compute12').directories.set('/dev/san', new Map([['web', device]]));
  const warn = vi.fn<() => void>();
  const services = { hypervisor: new SimulatedHypervisor(world), log: { warn } };
  const target = { name: 'compute12', uri: 'simulated://compute12/' };
  const input = { migrationId: 'm1', target };
  const context = { input, services, signal: new AbortController().signal } as unknown as MoveContext;
  const content = (): unknown => world.host('compute12').directories.get('/dev/san')?.get('web')?.content;
  return { world, content, warn, context };
}

test('a device that nobody names is blank again', async () => {
  const { context } = scene();
  const call = { signal: context.signal };
  const { storage } = targetOf(context);
  expect(await isBlank(storage, path, 16, call)).toBe(false);
  await releaseDevice(context, path);
  expect(await isBlank(storage, path, 16, call)).toBe(true);
});

test('one that was given to a domain while the clean-up waited is left as it is, and said', async () => {
  const { world, content, warn, context } = scene();
  world.addDomain('compute12', domain, 'shutoff');
  await releaseDevice(context, path);
  expect(content()).toBe('of another guest');
  expect(warn).toHaveBeenCalledWith(expect.objectContaining({ path, domain: 'other' }), expect.any(String));
});
