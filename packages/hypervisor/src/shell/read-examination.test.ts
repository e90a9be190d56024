import { expect, test } from 'vitest';
import { readCertificates, readDoor, readFirstLook, readReached } from './read-examination.ts';

test.each([
  {},
  { units: 7, settings: [], addresses: 'x', at: 'now', release: null },
  { settings: { a: null } },
])('what has another form than it should counts as not told: %j', (told) => {
  const { at, found } = readFirstLook(told);
  expect(at).toBe(0);
  expect(found).toMatchObject({ hostname: '', addresses: [], family: null, userfaultfd: 'unknown' });
  expect(found.settings).toMatchObject({ qemu: null, libvirtd: null });
});

test('long texts are cut, and of long lists the rest is left out', () => {
  const long = 'a'.repeat(10_000);
  const { found } = readFirstLook({ hostname: long, addresses: Array.from({ length: 5_000 }, () => long) });
  expect(found.hostname).toHaveLength(512);
  expect(found.addresses).toHaveLength(128);
});

test('settings, units, and by whom page faults may be handled', () => {
  const { found, tls } = readFirstLook({
    settings: { '/etc/libvirt/qemu.conf': { read: true, values: { vnc_tls: '1' } } },
    units: { 'libvirtd.service': { active: 'active', enabled: 'enabled', more: 1 } },
    release: 'ubuntu debian',
    directories: ['/etc/pki/libvirt-migrate'],
    unprivilegedUserfaultfd: '0',
  });
  expect(found).toMatchObject({
    settings: { qemu: { vnc_tls: '1' }, libvirtd: null },
    units: { 'libvirtd.service': { active: 'active', enabled: 'enabled' } },
    family: 'debian',
    userfaultfd: 'root-only',
  });
  const places = readCertificates(tls, {}).map(({ path }) => path);
  expect(places).toContain('/etc/pki/libvirt-migrate/server-cert.pem');
  expect(places).toContain('/etc/pki/qemu/ca-cert.pem');
});

test('a certificate that is none, and connections with odd outcomes', () => {
  const files = { certificates: [{ path: '/etc/pki/qemu/ca-cert.pem', there: true, pem: 'nonsense' }] };
  const [file] = readCertificates({ qemu: {}, libvirtd: {}, directories: [] }, files).filter(
    ({ use }) => use === 'qemu-ca',
  );
  expect(file).toMatchObject({ there: true, certificate: null });
  expect(readReached({ results: [null, { outcome: 'wonderful', port: -1 }] })).toMatchObject([
    { outcome: 'unreachable' },
    { outcome: 'unreachable', port: 0 },
  ]);
  expect(readDoor({ outcome: 'open', welcome: 'yes' })).toMatchObject({ welcome: false, bytesPerSecond: 0 });
});

test('where libvirt runs in parts the settings of its proxy count', () => {
  const settings = {
    '/etc/libvirt/libvirtd.conf': { read: true, values: { listen_tls: '0' } },
    '/etc/libvirt/virtproxyd.conf': { read: true, values: { listen_tls: '1' } },
  };
  const listener = (told: object) => readFirstLook({ settings, ...told }).found.settings;
  expect(listener({ processes: ['libvirtd'] }).libvirtd).toEqual({ listen_tls: '0' });
  for (const told of [
    { processes: ['virtqemud'] },
    { units: { 'virtqemud.socket': { active: 'active', enabled: 'enabled' } } },
  ])
    expect(listener(told)).toMatchObject({
      libvirtd: { listen_tls: '1' },
      listener: '/etc/libvirt/virtproxyd.conf',
    });
});

const firewall = (told: unknown) => readFirstLook({ firewall: told }).found.firewall;

test('a firewall of any other form than those that are known is not known', () => {
  const chain = { family: 'inet', table: 'filter', name: 'input', file: '/etc/shadow' };
  expect(firewall({ kind: 'nftables', chains: [chain] })).toEqual({
    kind: 'nftables',
    chains: [{ ...chain, file: null }],
  });
  for (const told of [
    null,
    {},
    { kind: 'ipfw' },
    { kind: 'nftables', chains: [] },
    { kind: 'nftables', chains: [{ ...chain, name: 'a; flush ruleset' }] },
    { kind: 'nftables', chains: [{ ...chain, family: 'bridge' }] },
  ])
    expect(firewall(told)).toEqual({ kind: 'unknown' });
});
