import { hostname } from 'node:os';
import { parseLibvirtUri } from '@ferry/libvirt';
import { afterEach, expect, test, vi } from 'vitest';
import type { HostExaminer } from '../contract/host-shell.ts';
import { PythonShell } from './python-shell.ts';

// Each test starts an interpreter, on a machine that may be busy.
vi.setConfig({ testTimeout: 180_000 });

const started: HostExaminer[] = [];
afterEach(() => {
  for (const one of started.splice(0)) one.close();
});

async function examiner(): Promise<HostExaminer> {
  const shell = PythonShell.of(parseLibvirtUri('qemu:///system'));
  if (shell === null) throw new Error('this machine has a shell');
  const made = await shell.examiner();
  started.push(made);
  return made;
}

test('a host is examined by its own shell: its name, clock, addresses and certificates', async () => {
  const found = await (await examiner()).examine();
  expect(found.hostname).toBe(hostname());
  expect(Math.abs(found.clock.aheadMs)).toBeLessThanOrEqual(found.clock.uncertaintyMs + 1_000);
  expect(found.certificates.map(({ use }) => use)).toContain('qemu-server');
  expect(['debian', 'redhat', null]).toContain(found.family);
  expect(found.addresses.some((address) => address.startsWith('127.'))).toBe(false);
});

test('a door is opened and knocked at with its token alone; what the way carries is measured', async () => {
  const [one, other] = [await examiner(), await examiner()];
  const { port } = await one.open({ ports: [49_500, 49_599], token: 'sesame', seconds: 60 });
  const place = { name: '127.0.0.1', port };
  const how = { token: 'sesame', seconds: 5, measureSeconds: 0 };
  expect(await other.knock(place, how)).toMatchObject({
    outcome: 'open',
    welcome: true,
    bytesPerSecond: 0,
    addresses: ['127.0.0.1'],
  });
  expect(await other.knock(place, { ...how, token: 'other' })).toMatchObject({
    outcome: 'open',
    welcome: false,
  });
  const measured = await other.knock(place, { ...how, measureSeconds: 0.3 });
  expect(measured.bytesPerSecond).toBeGreaterThan(0);
  expect(measured.mtu).toBeGreaterThan(0);
  // Who opens a second one gets another port; where none is left it is said.
  const second = await one.open({ ports: [port, port + 1], token: 'x', seconds: 60 });
  expect(second.port).toBe(port + 1);
  await expect(one.open({ ports: [port, port], token: 'x', seconds: 60 })).rejects.toThrow('is taken');
  // The program goes on after a question that failed.
  expect((await one.examine()).hostname).toBe(hostname());
});

test('how far a connection gets is told: refused, or a name that leads nowhere', async () => {
  const reached = await (await examiner()).reach(
    [
      { name: '127.0.0.1', port: 1 },
      { name: 'no-such-host.invalid', port: 16_509 },
    ],
    5,
  );
  expect(reached.map(({ outcome }) => outcome)).toEqual(['refused', 'unresolved']);
});

test('what waits for an answer fails when the program is closed', async () => {
  const one = await examiner();
  const asked = one.reach([{ name: '127.0.0.1', port: 1 }], 1);
  one.close();
  await expect(asked).rejects.toMatchObject({ code: 'aborted' });
});
