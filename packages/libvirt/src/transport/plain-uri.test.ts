import { expect, test } from 'vitest';
import { leadsBack, whyNotPlain } from './plain-uri.ts';

test.each([
  'qemu://compute11/system',
  'qemu+tcp://compute11/system',
  'qemu+tcp://203.0.113.11:16509/system',
  'qemu+tls://compute11.example.org:16514/system',
  'qemu+tls://[2001:db8::11]/system',
  'qemu+ssh://compute11/system',
  'qemu+ssh://root@compute11:2222/system',
  'qemu+ssh://ann.smith@compute11/system',
  'qemu+ssh://compute_11/system?no_tty=1&mode=direct&proxy=native',
  'qemu+ssh://localhost.example.org/system',
  'qemu+tcp://127.0.0.1.example.org/system',
])('%s is plain', (uri) => {
  expect(whyNotPlain(uri)).toEqual([]);
});

const files = 'keyfile known_hosts socket netcat command pkipath authfile'.split(' ');
const trust = 'no_verify no_sanity known_hosts_verify sshauth auth name tls_priority root'.split(' ');
test.each([...files, ...trust])('the parameter %s is not', (name) => {
  for (const transport of ['ssh', 'tls', 'tcp', 'ext', 'unix'])
    for (const spelt of [name, name.toUpperCase()])
      expect(whyNotPlain(`qemu+${transport}://h/system?${spelt}=1`)).toContainEqual(
        expect.stringContaining(`the parameter "${name}"`),
      );
  // A name that is written with percent signs is the same name.
  const hidden = `%${name.codePointAt(0)?.toString(16)}${name.slice(1)}`;
  expect(whyNotPlain(`qemu+ssh://h/system?no_tty=1;${hidden}=1`)).toContainEqual(
    expect.stringContaining(`the parameter "${name}"`),
  );
});

test.each([
  ['', 'driver'],
  ['compute11', 'DRIVER'],
  ['qemu:///system', 'unix socket'],
  ['qemu+unix:///system', 'unix socket'],
  ['qemu+ext:///system', 'its transport is "ext" and none of tcp, tls, ssh'],
  ['qemu+libssh://h/system', '"libssh"'],
  ['qemu+tcp:///system', 'no host'],
  ['qemu+ssh:///system', 'no host'],
  ['qemu+tcp://h/session', '"/session"'],
  ['qemu+tcp://h/embed', '"/embed"'],
  ['qemu+tcp://h/', '"/"'],
  ['test+tcp://h/default', '"test"'],
  ['remote+tcp://h/system', '"remote"'],
  ['qemu+ssh://-oProxyCommand=id/system', '"-oProxyCommand=id"'],
  ['qemu+ssh://-oProxyCommand/system', 'begins with no "-"'],
  ['qemu+ssh://%2doProxyCommand/system', 'begins with no "-"'],
  ['qemu+ssh://a.-b/system', 'begins with no "-"'],
  ['qemu+ssh://-oProxyCommand@h/system', 'its user "-oProxyCommand"'],
  ['qemu+ssh://%2dl@h/system', 'its user "-l"'],
  ['qemu+ssh://a%60id%60@h/system', 'its user'],
  ['qemu+ssh://ann:secret@h/system', 'password'],
  ['qemu+ssh://$(id)/system', '"$(id)"'],
  ['qemu+ssh://a%20b/system', 'its host "a b"'],
  ['qemu+ssh://h%2esomewhere/system', 'signs other than'],
  ['qemu+tcp://h/system?no_tty=1', 'no meaning with tcp'],
  ['qemu+ssh://h/system?proxy=/bin/sh', 'auto, netcat, native'],
  ['qemu+tcp://[fe80::1%25eth0]/system', 'signs other than'],
])('%s is not: %s', (uri, why) => {
  expect(whyNotPlain(uri).join('; ')).toContain(why);
});

test.each([
  'localhost',
  'LocalHost.',
  'localhost.localdomain',
  'localhost6',
  'ip6-localhost',
  'any.localhost',
  '127.0.0.1',
  '127.9.9.9',
  '0.0.0.0',
  '[::1]',
  '[::]',
  '[0:0:0:0:0:0:0:1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::ffff:0.0.0.0]',
])('the host %s is the loopback of whoever dials it', (host) => {
  expect(whyNotPlain(`qemu+tcp://${host}/system`).join('; ')).toContain('loopback');
});

test.each(['0', '1', '127.1', '2130706433', '0x7f000001', '0177.0.0.1', '127.0.0.01', '10.1', '1.2.3.4.5'])(
  'the host %s is no address as usually written',
  (host) => {
    expect(whyNotPlain(`qemu+tcp://${host}/system`).join('; ')).toContain(`its host "${host}" is neither`);
  },
);

test('all that is not plain is told at once', () => {
  const why = whyNotPlain('test+ext://127.0.0.1/default?command=/bin/sh&keyfile=/k');
  expect(why).toEqual([
    'its driver is "test" and not qemu',
    'its transport is "ext" and none of tcp, tls, ssh',
    'its path is "/default" and not /system',
    'its host 127.0.0.1 is the loopback of the machine that uses it',
    'it has the parameter "command", and only mode, proxy, no_tty are plain',
    'it has the parameter "keyfile", and only mode, proxy, no_tty are plain',
  ]);
});

test.each([
  ['127.0.0.1', true],
  ['::1', true],
  ['::', true],
  ['::1%lo', true],
  ['0.0.0.0', true],
  ['::ffff:127.0.0.1', true],
  ['203.0.113.11', false],
  ['2001:db8::1', false],
  ['::ffff:203.0.113.11', false],
  ['localhost', false],
])('the address %s leads back: %s', (address, back) => {
  expect(leadsBack(address)).toBe(back);
});
