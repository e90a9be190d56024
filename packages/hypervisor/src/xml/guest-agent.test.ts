import { expect, test } from 'vitest';
import { isAgentConnected } from './console-ports.ts';

function withChannel(target: string): string {
  return `<domain type='kvm'><devices><channel type='unix'>${target}</channel></devices></domain>`;
}

test.each([
  [`<target type='virtio' name='org.qemu.guest_agent.0' state='connected'/>`, true],
  [`<target type='virtio' name='org.qemu.guest_agent.0' state='disconnected'/>`, false],
  [`<target type='virtio' name='org.qemu.guest_agent.0'/>`, false],
  [`<target type='virtio' name='com.redhat.spice.0' state='connected'/>`, false],
])('a guest with the channel %s has a connected agent: %s', (target, connected) => {
  expect(isAgentConnected(withChannel(target))).toBe(connected);
});

test('a domain without channels has none', () => {
  expect(isAgentConnected(`<domain type='kvm'><devices/></domain>`)).toBe(false);
  expect(isAgentConnected(`<domain type='kvm'/>`)).toBe(false);
});
