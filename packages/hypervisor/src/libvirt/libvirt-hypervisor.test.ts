import { expect, test } from 'vitest';
import { LibvirtHypervisor } from './libvirt-hypervisor.ts';

test('a host is the same for its URI until it is closed; whoever asks then gets one that can connect again', async () => {
  const hypervisor = new LibvirtHypervisor();
  // A port that nothing may listen on: what is refused is refused by the connection, and not by a closed link.
  const uri = 'qemu+tcp://127.0.0.1:1/system';
  const first = hypervisor.host(uri);
  expect(hypervisor.host(uri)).toBe(first);
  await first.close();
  await expect(first.facts()).rejects.toThrow('closed by its owner');
  const second = hypervisor.host(uri);
  expect(second).not.toBe(first);
  await expect(second.facts()).rejects.toThrow('ECONNREFUSED');
  await first.close();
  expect(hypervisor.host(uri)).toBe(second);
  await hypervisor.close();
});
