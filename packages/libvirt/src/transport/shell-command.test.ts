import { expect, test } from 'vitest';
import { shellCommand } from './ssh-command.ts';
import { parseLibvirtUri } from './uri.ts';

const commandFor = (uri: string): unknown => shellCommand(parseLibvirtUri(uri), 'echo here');

test('ssh is asked to run it where the URI goes over ssh', () => {
  expect(commandFor('qemu+ssh://root@compute11:2222/system?keyfile=/k&no_tty=1')).toEqual({
    file: 'ssh',
    args: '-p 2222 -l root -i /k -o BatchMode=yes -T -e none -- compute11'.split(' ').concat('echo here'),
  });
});

test('the shell of this machine runs it where the URI means the daemon of this machine', () => {
  const here = { file: 'sh', args: ['-c', 'echo here'] };
  expect(commandFor('qemu:///system')).toEqual(here);
  expect(commandFor('qemu+unix:///system')).toEqual(here);
});

test.each([
  'qemu+tcp://compute11/system',
  'qemu+tls://compute11/system',
  'qemu+unix:///system?socket=/elsewhere/sock',
  'qemu+ssh://compute11/system?known_hosts_verify=ignore',
])('no shell is to be had by %s', (uri) => {
  expect(commandFor(uri)).toBeNull();
});
