import { expect, test } from 'vitest';
import type { SshAddress } from './libvirt-uri.ts';
import { requireSshAway, sshDestination } from './open-ssh.ts';
import { parseLibvirtUri } from './uri.ts';

const addressOf = (host: string): SshAddress =>
  parseLibvirtUri(`qemu+ssh://${host}/system`).address as SshAddress;
const resolving = (addresses: readonly string[]) => async (): Promise<{ address: string }[]> =>
  addresses.map((address) => ({ address }));

test('ssh connects to the name that its configuration has for the host', () => {
  expect(sshDestination('host web\nhostname 203.0.113.7\nport 22\n')).toBe('203.0.113.7');
});

test.each(['proxyjump gate', 'proxycommand nc -X connect %h %p'])(
  'with %s it is another that connects',
  (line) => {
    expect(sshDestination(`hostname web\n${line}\n`)).toBeNull();
  },
);

test('"none" is no program', () => {
  expect(sshDestination('hostname web\nproxycommand none\n')).toBe('web');
});

test('a name all of whose addresses lead back is refused, with them', async () => {
  const asked = requireSshAway(addressOf('inside'), {}, resolving(['127.0.1.1', '::1']));
  await expect(asked).rejects.toMatchObject({
    code: 'connect-failed',
    message: expect.stringContaining('inside is 127.0.1.1, ::1, the loopback of this machine') as string,
  });
});

test('one that leads elsewhere too is let through, as one that nobody knows: ssh says so itself', async () => {
  const asked = [
    requireSshAway(addressOf('both'), {}, resolving(['127.0.0.1', '203.0.113.11'])),
    requireSshAway(addressOf('nobody'), {}, () => Promise.reject(new Error('ENOTFOUND'))),
  ];
  await expect(Promise.all(asked)).resolves.toBeDefined();
});
