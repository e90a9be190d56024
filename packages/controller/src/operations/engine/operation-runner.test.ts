import { SimulatedHypervisor, SimulatedWorld } from '@ferry/hypervisor/simulated';
import { expect, test } from 'vitest';
import { guardedHypervisor } from './operation-runner.ts';

const refused = new Error('not mine any more');

function hosts(): { allowed: { now: boolean }; guarded: ReturnType<typeof guardedHypervisor> } {
  const world = new SimulatedWorld({ kind: 'own', stepMs: 1 });
  world.addHost('one', {});
  const allowed = { now: true };
  const guarded = guardedHypervisor(new SimulatedHypervisor(world), () => {
    if (!allowed.now) throw refused;
  });
  return { allowed, guarded };
}

test('with permission a host is asked as if nothing were between', async () => {
  const host = hosts().guarded.host('simulated://one/');
  expect(host.uri).toBe('simulated://one/');
  await expect(host.facts()).resolves.toMatchObject({});
  await expect(host.domains.observe('nobody')).resolves.toMatchObject({ kind: 'absent' });
});

test('without it no call is begun, neither of the host nor of its parts, of one got hold of before neither', async () => {
  const { allowed, guarded } = hosts();
  const host = guarded.host('simulated://one/');
  const { domains } = host;
  allowed.now = false;
  expect(() => host.facts()).toThrow(refused);
  expect(() => domains.observe('nobody')).toThrow(refused);
  expect(() => host.storage.ensureNoImage('/images/web.qcow2')).toThrow(refused);
});
