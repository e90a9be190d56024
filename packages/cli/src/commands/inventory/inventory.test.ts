import { expect, test } from 'vitest';
import { type Inventory, readInventory } from './inventory.ts';

const read = (text: string, name = 'hosts.yaml', environment = {}): Inventory =>
  readInventory(name, text, environment);
const bodies = (text: string, name?: string, environment = {}): unknown[] =>
  read(text, name, environment).hosts.map(({ body }) => body);
const told = (text: string, name?: string): string[] =>
  read(text, name).problems.map(({ line, text: what }) => `${line}: ${what}`);

test('hosts in YAML: by a URI, or by address and way, with what holds for all of them', () => {
  const text = `
defaults: { user: root, sshIdentity: env:KEY, labels: { room: one } }
hosts:
  - { name: compute11, address: 10.0.0.11, group: rack-a, labels: { disk: nvme } }
  - { name: compute12, address: 'fd00::12', port: 2222, knownHosts: /etc/ferry/known_hosts }
  - uri: qemu+tls://compute13/system
    peerUri: qemu+tls://compute13.peers/system
    trustedCopyAddress: 10.9.0.13
    sshIdentity: /etc/ferry/other
`;
  const good = text.replace('    sshIdentity: /etc/ferry/other\n', '').replace('env:KEY', '/etc/key');
  expect(bodies(good)).toEqual([
    {
      name: 'compute11',
      uri: 'qemu+ssh://root@10.0.0.11/system?keyfile=/etc/key',
      labels: { group: 'rack-a', room: 'one', disk: 'nvme' },
    },
    {
      name: 'compute12',
      uri: 'qemu+ssh://root@[fd00::12]:2222/system?keyfile=/etc/key&known_hosts=/etc/ferry/known_hosts',
      labels: { room: 'one' },
    },
    {
      uri: 'qemu+tls://compute13/system',
      peerUri: 'qemu+tls://compute13.peers/system',
      trustedCopyAddress: '10.9.0.13',
      labels: { room: 'one' },
    },
  ]);
  expect(told(text)).toContain('9: sshIdentity: only ssh takes one, and the way is tls');
});

test('an identity by a variable of the environment is its path', () => {
  const text = 'hosts: [{ address: compute11, sshIdentity: env:KEY }]';
  expect(bodies(text, 'h.yaml', { KEY: '/root/.ssh/ferry key' })).toEqual([
    { uri: 'qemu+ssh://compute11/system?keyfile=/root/.ssh/ferry%20key' },
  ]);
  expect(told(text)).toEqual(['1: sshIdentity: KEY is not set in the environment']);
});

test('an inventory of Ansible, with ranges, variables of groups and what is not read', () => {
  const text = `# all of them
[rack_a]
compute[08:10] ansible_user=root
db1 uri=qemu+tcp://db1/system label.disk="ssd x" ansible_become_password=hunter2

[rack_b] ; the other one
10.0.0.5 ansible_port=2222
compute08

[rack_a:vars]
ansible_ssh_private_key_file = ~/.ssh/id
label.room=one
[all:vars]
transport=ssh
`;
  const inventory = read(text.replace('ansible_ssh_private_key_file = ~/.ssh/id\n', ''), 'hosts');
  expect(inventory.problems).toEqual([]);
  expect(inventory.notes).toEqual([{ line: 4, text: 'ansible_become_password is not read' }]);
  expect(JSON.stringify(inventory)).not.toContain('hunter2');
  const labels = { group: 'rack_a', room: 'one' };
  expect(inventory.hosts.map(({ body }) => body)).toEqual([
    { name: 'compute08', uri: 'qemu+ssh://root@compute08/system', labels },
    { name: 'compute09', uri: 'qemu+ssh://root@compute09/system', labels },
    { name: 'compute10', uri: 'qemu+ssh://root@compute10/system', labels },
    { name: 'db1', uri: 'qemu+tcp://db1/system', labels: { ...labels, disk: 'ssd x' } },
    { name: '10.0.0.5', uri: 'qemu+ssh://10.0.0.5:2222/system', labels: { group: 'rack_b' } },
  ]);
  const withKey = read(text, 'hosts', { HOME: '/root' });
  expect(withKey.problems).toEqual([]);
  expect([0, 3].map((index) => withKey.hosts[index]?.body.uri)).toEqual([
    'qemu+ssh://root@compute08/system?keyfile=/root/.ssh/id',
    'qemu+tcp://db1/system',
  ]);
});

test('all that is wrong is told at once, with its line', () => {
  expect(
    told(`default: {}
hosts:
  - { nmae: a, uri: qemu+ssh://a/system }
  - { name: b, uri: qemu+tcp://b/system, user: root }
  - { name: c, transport: carrier-pigeon }
  - { name: b, address: 'two words', peer_uri: x }
  - { uri: 'qemu+tls://eve:hunter2@b/system' }
  - { uri: compute11 }
  - { name: d, labels: [a] }
  - { name: e, port: 0 }
  - { name: f, transport: tls, user: root, sshIdentity: id }
  - just text
`),
  ).toEqual([
    '1: "default" is neither "hosts" nor "defaults"',
    '3: there is no "nmae" here; there are name, uri, peerUri, address, user, port, transport, group, trustedCopyAddress, sshIdentity, knownHosts, pkiPath, authFile, labels',
    '4: user: the uri says that already; say one of them',
    '5: transport: "carrier-pigeon" is none of ssh, tls, tcp, unix',
    '6: there is no "peer_uri" here; is peerUri meant?',
    '6: address: "two words" is no name or address of a host',
    '7: uri: a password stands in it. Take it out; libvirt reads passwords from a file that authFile names',
    '8: uri: "compute11" is no URI of libvirt; qemu+ssh://root@compute11/system is one',
    '9: labels: pairs of the form `name: value` are wanted',
    '10: port: "0" is no port; 1 to 65535 are',
    '11: user: only ssh has one, and transport is tls',
    '12: fields of the form `name: value` are wanted',
    '12: neither a uri nor an address nor a name is said',
  ]);
  expect(told('hosts: [{ name: a }, { name: a }]')).toEqual([
    '1: the name "a" is that of the host in line 1, too',
    '1: the uri "qemu+ssh://a/system" is that of the host in line 1, too',
  ]);
  expect(told('a: [')[0]).toMatch(/^1: no YAML: /);
  expect(told('')).toEqual(['0: it names no host']);
  expect(told('[x]\na b=1 password\n[x:children]\ny\nc[9:1]\n[\n', 'h.ini')).toEqual([
    '2: name=value is wanted behind a host',
    '3: [x:children]: groups of groups are not read; name the hosts in their group',
    '6: "[" is no section',
  ]);
});
