import { describe, expect, test } from 'vitest';
import { certificatePlaces } from '../doctor/asked-of-hosts.ts';
import type { CertificateFile, HostExamination } from '../doctor/host-examination.ts';
import {
  type ConfigurationFacts,
  type ConfigurationWanted,
  planConfiguration,
} from './plan-configuration.ts';

const tls = { qemu: {}, libvirtd: {}, directories: [] };
const authority = 'a'.repeat(64);
const certificate = {
  subject: 'CN=alpha',
  issuer: 'CN=hosts',
  names: ['alpha', '10.0.0.1'],
  notBefore: '2029-12-01T00:00:00.000Z',
  notAfter: '2030-12-01T00:00:00.000Z',
  fingerprint: authority,
  signedByAuthority: true,
};

function filesWith(
  change: Partial<Record<CertificateFile['use'], Partial<CertificateFile>>> = {},
): CertificateFile[] {
  return certificatePlaces(tls).map(({ use, path, keyPath }) => ({
    use,
    path,
    there: true,
    certificate,
    key: keyPath === null ? null : { path: keyPath, there: true, mode: 0o640, uid: 0, gid: 107 },
    ...change[use],
  }));
}

function facts(
  change: Partial<ConfigurationFacts> = {},
  found: Partial<HostExamination> = {},
): ConfigurationFacts {
  return {
    examination: {
      clock: { aheadMs: 0, uncertaintyMs: 0 },
      hostname: 'alpha',
      ownAddresses: [],
      addresses: ['10.0.0.1'],
      machineId: 'm',
      family: 'debian',
      userfaultfd: 'by-device',
      units: null,
      processes: ['libvirtd'],
      settings: {
        qemu: {},
        libvirtd: { listen_tls: '1', listen_tcp: '0' },
        listener: '/etc/libvirt/libvirtd.conf',
      },
      certificates: filesWith(),
      firewall: { kind: 'none' },
      listening: [22, 16_514],
      ...found,
    },
    daemon: { kind: 'process', program: 'libvirtd', argv: ['libvirtd', '-d', '--listen'] },
    qemuOwner: { uid: 107, gid: 107 },
    ...change,
  };
}

const wanted = (change: Partial<ConfigurationWanted> = {}): ConfigurationWanted => ({
  transport: 'tls',
  rotate: false,
  authority,
  names: ['alpha', '10.0.0.1'],
  at: '2030-01-01T00:00:00.000Z',
  ...change,
});

test('a host that is as it is wanted is left alone', () => {
  expect(planConfiguration(facts(), wanted())).toMatchObject({
    because: null,
    files: [],
    settings: [],
    restart: null,
    ports: ['16514/tcp', '49152-49215/tcp'],
  });
});

describe('why there are new certificates', () => {
  test.each<{
    when: string;
    files?: CertificateFile[];
    want?: Partial<ConfigurationWanted>;
    because: string;
  }>([
    { when: 'asked for', want: { rotate: true }, because: 'new ones are asked for' },
    {
      when: 'another authority',
      want: { authority: 'b' },
      because: 'the authority at /etc/pki/CA/cacert.pem is another one',
    },
    { when: 'no authority yet', want: { authority: null }, because: 'is another one' },
    { when: 'another name', want: { names: ['alpha', 'beta'] }, because: 'is not good for beta' },
    { when: 'they end soon', want: { at: '2030-11-15T00:00:00.000Z' }, because: 'ends on 2030-12-01' },
    {
      when: 'a key is missing',
      files: filesWith({
        'qemu-client': {
          key: { path: '/etc/pki/qemu/client-key.pem', there: false, mode: 0, uid: 0, gid: 0 },
        },
      }),
      because: 'there is none at /etc/pki/qemu/client-cert.pem',
    },
    {
      when: 'signed by another',
      files: filesWith({ 'libvirt-client': { certificate: { ...certificate, signedByAuthority: false } } }),
      because: 'is not signed by the authority',
    },
  ])('$when', ({ files, want, because }) => {
    const plan = planConfiguration(
      facts({}, files === undefined ? {} : { certificates: files }),
      wanted(want),
    );
    expect(plan.because).toContain(because);
    const keys = plan.files.filter(({ part }) => part === 'key');
    expect(keys.map(({ path, mode, gid }) => `${path} ${mode.toString(8)} ${gid}`)).toEqual([
      '/etc/pki/libvirt/private/serverkey.pem 600 0',
      '/etc/pki/libvirt/private/clientkey.pem 600 0',
      '/etc/pki/qemu/server-key.pem 640 107',
      '/etc/pki/qemu/client-key.pem 640 107',
    ]);
    expect(plan.restart).toEqual({ kind: 'process', program: 'libvirtd' });
  });
});

const others = (found: Partial<HostExamination>, want: Partial<ConfigurationWanted> = {}) =>
  planConfiguration(facts({}, found), wanted({ rotate: true, ...want })).othersAuthorities;

test('authorities of others are named; those that are missing, or are ours, are not', () => {
  const all = ['/etc/pki/CA/cacert.pem', '/etc/pki/qemu/ca-cert.pem'];
  expect(others({})).toEqual([]);
  expect(others({}, { authority: 'b' })).toEqual(all);
  expect(others({}, { authority: null })).toEqual(all);
  const missing = { there: false, certificate: null };
  expect(others({ certificates: filesWith({ 'libvirt-ca': missing, 'qemu-ca': missing }) })).toEqual([]);
  // What is there and cannot be read may be anybody's.
  expect(others({ certificates: filesWith({ 'libvirt-ca': { certificate: null } }) })).toEqual([
    '/etc/pki/CA/cacert.pem',
  ]);
});

describe('what the daemon takes to be heard', () => {
  const none = { settings: { qemu: {}, libvirtd: {}, listener: '/etc/libvirt/libvirtd.conf' } } as const;
  test('by itself: its settings, and --listen', () => {
    expect(
      planConfiguration(
        facts({ daemon: { kind: 'process', program: 'libvirtd', argv: ['libvirtd', '-d'] } }, none),
        wanted(),
      ),
    ).toMatchObject({
      settings: [
        { name: 'listen_tls', before: null, after: '1' },
        { name: 'listen_tcp', before: null, after: '0' },
      ],
      restart: { kind: 'process', program: 'libvirtd' },
    });
  });
  test.each(['libvirtd', 'virtproxyd'] as const)(
    'under systemd: the socket of %s, and no settings',
    (program) => {
      const daemon = { kind: 'sockets', program } as const;
      const on = { active: 'active', enabled: 'enabled' };
      const units = { [`${program}.socket`]: on };
      const plan = planConfiguration(facts({ daemon }, { ...none, units }), wanted());
      expect(plan.settings).toEqual([]);
      const [own, tlsSocket] = [`${program}.socket`, `${program}-tls.socket`];
      const stop = ['systemctl', 'stop', `${program}.service`, own, tlsSocket];
      expect(plan.restart).toEqual({
        kind: 'commands',
        commands: [
          stop,
          ['systemctl', 'enable', tlsSocket],
          ['systemctl', 'start', tlsSocket, own],
          ['systemctl', 'start', `${program}.service`],
        ],
        undo: [
          stop,
          ['systemctl', 'disable', tlsSocket],
          ['systemctl', 'start', own],
          ['systemctl', 'start', `${program}.service`],
        ],
      });
      expect(
        planConfiguration(facts({ daemon }, { units: { [tlsSocket]: on } }), wanted()).restart,
      ).toBeNull();
    },
  );
  test('under systemd with --listen: its settings, and a restart', () => {
    const daemon = { kind: 'service', program: 'libvirtd' } as const;
    const plan = planConfiguration(facts({ daemon }, { ...none, units: {} }), wanted());
    expect(plan.settings.map(({ path, name }) => `${path} ${name}`)).toEqual([
      '/etc/libvirt/libvirtd.conf listen_tls',
      '/etc/libvirt/libvirtd.conf listen_tcp',
    ]);
    expect(plan.restart).toMatchObject({ commands: [['systemctl', 'restart', 'libvirtd.service']] });
    expect(planConfiguration(facts({ daemon }, { units: {} }), wanted()).restart).toBeNull();
  });
  test('in parts, by themselves: the settings of virtproxyd, which alone is started anew', () => {
    const settings = { qemu: {}, libvirtd: {}, listener: '/etc/libvirt/virtproxyd.conf' } as const;
    const daemon = { kind: 'process', program: 'virtproxyd', argv: ['virtproxyd', '-d'] } as const;
    const plan = planConfiguration(facts({ daemon }, { settings }), wanted());
    expect(plan.settings[0]).toMatchObject({ path: '/etc/libvirt/virtproxyd.conf', name: 'listen_tls' });
    expect(plan.restart).toEqual({ kind: 'process', program: 'virtproxyd' });
  });
  test('tcp is for labs alone, and says so; by ssh nothing of it is touched', () => {
    const tcp = planConfiguration(facts({}, none), wanted({ transport: 'tcp' }));
    expect(tcp.settings.map(({ name, after }) => `${name}=${after}`)).toEqual([
      'listen_tcp=1',
      'auth_tcp="none"',
      'listen_tls=0',
    ]);
    expect(tcp.notes[0]).toContain('for labs alone');
    expect(planConfiguration(facts({}, none), wanted({ transport: 'ssh' }))).toMatchObject({
      settings: [],
      restart: null,
    });
  });
});
