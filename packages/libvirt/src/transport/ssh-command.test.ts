import { expect, test } from 'vitest';
import type { SshAddress } from './libvirt-uri.ts';
import { sshArguments } from './ssh-command.ts';
import { parseLibvirtUri } from './uri.ts';

function argumentsFor(uri: string): string[] {
  const parsed = parseLibvirtUri(uri);
  return sshArguments(parsed, parsed.address as SshAddress, false);
}

test('ssh is told no more than the URI says', () => {
  expect(argumentsFor('qemu+ssh://h/system').slice(0, -1)).toEqual(['-T', '-e', 'none', '--', 'h']);
});

test('everything that the URI says has its option', () => {
  const uri =
    'qemu+ssh://ann@[2001:db8::1]:22/system?keyfile=/a%20key&no_tty=1&no_verify=1&known_hosts=/a%20%25%22b&sshauth=agent,password';
  const login = ['-p', '22', '-l', 'ann', '-i', '/a key'];
  const trust = ['-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=no'];
  const known = ['-o', String.raw`UserKnownHostsFile="/a %%\"b"`];
  const methods = ['-o', 'PreferredAuthentications=publickey,password'];
  const rest = ['-T', '-e', 'none', '--', '2001:db8::1'];
  expect(argumentsFor(uri).slice(0, -1)).toEqual([...login, ...trust, ...known, ...methods, ...rest]);
});

test('a host that looks like an option is none', () => {
  const args = argumentsFor('qemu+ssh://-oProxyCommand=touch%20x/system');
  expect(args.slice(args.indexOf('--') + 1, -1)).toEqual(['-oProxyCommand=touch x']);
});
