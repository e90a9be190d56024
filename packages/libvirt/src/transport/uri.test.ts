import { expect, test } from 'vitest';
import { parseLibvirtUri } from './uri.ts';

test.each([
  ['qemu:///system', { kind: 'unix', socket: null }, 'qemu:///system'],
  ['qemu+unix:///system?socket=/run/a/sock', { kind: 'unix', socket: '/run/a/sock' }, 'qemu:///system'],
  ['qemu+unix:///system?socket=/run/a+b%20c', { kind: 'unix', socket: '/run/a+b c' }, 'qemu:///system'],
  ['qemu+tcp://203.0.113.11/system', { kind: 'tcp', host: '203.0.113.11', port: 16509 }, 'qemu:///system'],
  ['qemu+tcp://compute11:1234/system', { kind: 'tcp', host: 'compute11', port: 1234 }, 'qemu:///system'],
  ['qemu+tcp://[2001:db8::1]/system', { kind: 'tcp', host: '2001:db8::1', port: 16509 }, 'qemu:///system'],
  ['qemu+tcp://[fe80::1%25eth0]:7/system', { kind: 'tcp', host: 'fe80::1%eth0', port: 7 }, 'qemu:///system'],
  ['qemu+tcp:///system', { kind: 'tcp', host: 'localhost', port: 16509 }, 'qemu:///system'],
  ['qemu+TCP://h/system', { kind: 'tcp', host: 'h', port: 16509 }, 'qemu:///system'],
  ['test+tcp://h/default', { kind: 'tcp', host: 'h', port: 16509 }, 'test:///default'],
  ['qemu://h/system', { kind: 'tls', host: 'h', port: 16514, pkipath: null, verify: true }, 'qemu:///system'],
  [
    'qemu+tls://h:1/system?pkipath=/a%26b&no_verify=1&tls_priority=NORMAL&no_sanity=1',
    { kind: 'tls', host: 'h', port: 1, pkipath: '/a&b', verify: false },
    'qemu:///system',
  ],
  ['qemu+ext:///system?command=/opt/way', { kind: 'ext', command: '/opt/way' }, 'qemu:///system'],
  ['', { kind: 'unix', socket: null }, ''],
  ['remote+tcp://h/', { kind: 'tcp', host: 'h', port: 16509 }, ''],
  ['qemu+tcp://h/system?name=test:///default', { kind: 'tcp', host: 'h', port: 16509 }, 'test:///default'],
])('%s is understood', (uri, address, driverUri) => {
  expect(parseLibvirtUri(uri)).toMatchObject({ address, driverUri });
});

test('an ssh URI keeps all that ssh has to be told', () => {
  const uri =
    'qemu+ssh://ann%40lab@h:2222/system?keyfile=/k&command=/bin/ssh&socket=/s&netcat=/nc&no_tty=1' +
    '&known_hosts=/kh&known_hosts_verify=auto&sshauth=agent,privkey,password';
  expect(parseLibvirtUri(uri)).toMatchObject({
    user: 'ann@lab',
    proxy: 'netcat',
    driverUri: 'qemu:///system',
    address: {
      kind: 'ssh',
      host: 'h',
      port: 2222,
      user: 'ann@lab',
      command: '/bin/ssh',
      keyfile: '/k',
      socket: '/s',
      netcat: '/nc',
      noTty: true,
      knownHosts: '/kh',
      hostKeys: 'accept-new',
      methods: ['publickey', 'password'],
    },
  });
});

test.each([
  ['qemu+ssh://h/system', 'auto'],
  ['qemu+ssh://h/system?socket=/s', 'netcat'],
  ['qemu+ssh://h/system?netcat=ncat', 'netcat'],
  ['qemu+ssh://h/session', 'native'],
  ['qemu+ssh://h/session?socket=/s', 'netcat'],
  ['qemu+ssh://h/system?proxy=native', 'native'],
  ['qemu+ssh://h/system?proxy=netcat', 'netcat'],
])('%s goes by %s on the far side', (uri, proxy) => {
  expect(parseLibvirtUri(uri).proxy).toBe(proxy);
});

test('parameters that libvirt does not use up reach the driver, and virt-ssh-helper learns of mode and socket', () => {
  const parsed = parseLibvirtUri('qemu+ssh://h/embed?root=/a%20b;mode=direct&no_tty=1&Odd');
  expect(parsed.driverUri).toBe('qemu:///embed?root=%2Fa%20b&Odd=');
  expect(parsed.address).toMatchObject({ helperUri: 'qemu:///embed?root=%2Fa%20b&mode=direct&Odd=' });
  expect(parsed.mode).toBe('direct');
});

test('of two the last counts, and names have no case', () => {
  const { address } = parseLibvirtUri('qemu+unix:///system?socket=/a&SOCKET=/b');
  expect(address).toEqual({ kind: 'unix', socket: '/b' });
});

test.each([
  ['qemu:///system', null],
  ['qemu:///system?auth=sasl', { kind: 'sasl', mechanism: null }],
  ['qemu:///system?auth=sasl.gssapi', { kind: 'sasl', mechanism: 'gssapi' }],
  ['qemu:///system?auth=sasl.SCRAM-SHA-256', { kind: 'sasl', mechanism: 'scram-sha-256' }],
  ['qemu:///system?auth=polkit', { kind: 'polkit' }],
  ['qemu:///system?auth=none', { kind: 'none' }],
])('%s asks for the authentication %o', (uri, auth) => {
  expect(parseLibvirtUri(uri).auth).toEqual(auth);
});

test('a user, a file of credentials and a mode are kept', () => {
  expect(parseLibvirtUri('qemu+tcp://ann@h/system?authfile=/etc/a')).toMatchObject({
    user: 'ann',
    authfile: '/etc/a',
    mode: 'auto',
  });
  expect(parseLibvirtUri('qemu:///system', { mode: 'legacy' }).mode).toBe('legacy');
  expect(parseLibvirtUri('qemu:///system?mode=direct', { mode: 'legacy' }).mode).toBe('direct');
});

test.each([
  ['compute11', 'DRIVER'],
  ['qemu://system', 'qemu:///system'],
  ['qemu+libssh2://h/system', 'use +ssh'],
  ['qemu+libssh://h/system', 'use +ssh'],
  ['qemu+smoke://h/system', 'unix, tcp, tls, ssh, ext'],
  ['qemu+tcp://h:99999/system', 'no host'],
  ['qemu+tcp://h:0/system', 'no host'],
  ['qemu+tcp://[::1/system', 'no host'],
  ['qemu+tcp://:16509/system', 'no host'],
  ['qemu+unix://h/system', 'no host'],
  ['qemu+ssh://ann:secret@h/system', 'password'],
  ['qemu+tcp://h/system?no_verify=1', 'no meaning with tcp'],
  ['qemu+tcp://h/system?socket=/run/a/sock', 'no meaning with tcp'],
  ['qemu:///system?pkipath=/a', 'no meaning with unix'],
  ['qemu+unix:///system?socket=', 'empty'],
  ['qemu+unix:///system?socket=%00', 'zero byte'],
  ['qemu+unix:///system?socket=%ff', 'UTF-8'],
  ['qemu:///system?mode=indirect', 'auto, legacy, direct'],
  ['qemu:///system?auth=magic', 'sasl.MECHANISM'],
  ['qemu:///system?auth=polkit.please', 'sasl.MECHANISM'],
  ['qemu+tls://h/system?no_verify=yes', '0 or 1'],
  ['qemu+tls://h/system?tls_priority=SECURE256', 'GnuTLS'],
  ['qemu+ssh://h/system?proxy=native&netcat=nc', 'does without'],
  ['qemu+ssh://h/session?proxy=netcat', 'socket'],
  ['qemu+ssh://h/system?sshauth=magic', 'keyboard-interactive'],
  ['qemu+ext:///system', 'command'],
])('%s is refused, and the message says why', (uri, why) => {
  const refused = expect.objectContaining({
    code: 'unsupported-uri',
    mayHaveRun: false,
    message: expect.stringContaining(why),
  });
  expect(() => parseLibvirtUri(uri)).toThrow(refused);
});

test('a password in a refused URI is not repeated', () => {
  expect(() => parseLibvirtUri('qemu+ssh://ann:secret@h/system')).toThrow(
    expect.not.objectContaining({ message: expect.stringContaining('secret') }),
  );
});
