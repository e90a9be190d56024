import { describe, expect, test } from 'vitest';
import type { Severity } from '../check/finding.ts';
import { diagnose } from './diagnose.ts';
import type { DoctorFinding } from './doctor-finding.ts';
import type { DoctorHost, DoctorPair } from './doctor-input.ts';
import {
  sampleCertificate,
  sampleCertificates,
  sampleDoctorHost,
  sampleDoctorInput,
  samplePair,
} from './sample-doctor.test-support.ts';

type Change = Parameters<typeof sampleDoctorHost>[1];

const beta = sampleDoctorHost('beta');

/** What is found that is not well, of the host and of the way from alpha to beta. */
function troubles(
  alpha: DoctorHost,
  other: DoctorHost = beta,
  pair: Partial<DoctorPair> = {},
): DoctorFinding[] {
  const { hosts, pairs } = diagnose(sampleDoctorInput(alpha, other, pair));
  const all = [...(hosts[0]?.findings ?? []), ...(pairs[0]?.findings ?? [])];
  return all.filter(({ severity }) => severity !== 'ok' && severity !== 'info');
}

const summary = ({ code, severity }: DoctorFinding): string => `${severity} ${code}`;

test('two hosts that are set up well are well, in both directions', () => {
  const { hosts, pairs } = diagnose(sampleDoctorInput(sampleDoctorHost('alpha'), beta));
  expect(
    [...hosts, ...pairs].flatMap(({ findings }) =>
      findings.filter(({ severity }) => severity !== 'ok' && severity !== 'info'),
    ),
  ).toEqual([]);
  const worst = [...hosts, ...pairs].map((one) => one.worst);
  expect(new Set<Severity>(worst)).toEqual(new Set(['ok', 'info']));
  expect(hosts[0]?.findings.find(({ code }) => code === 'cpu-baseline')?.message).toContain(
    '<model>EPYC</model>',
  );
});

describe('what is wrong at one host', () => {
  test.each<{ when: string; given: Change; finds: string[]; says: string }>([
    {
      when: 'it does not answer',
      given: { service: { state: 'down', reason: 'no route' } },
      finds: ['error answers', 'unknown answers'],
      says: 'does not answer: no route',
    },
    {
      when: 'it is reached by TCP in the clear',
      given: { host: { uri: 'qemu+tcp://alpha/system' } },
      finds: ['warning answers'],
      says: 'is root on the host',
    },
    {
      when: 'its libvirt is known bad',
      given: { facts: { libvirtVersion: 11_003_000, hypervisorVersion: 11_001_003 } },
      finds: ['warning versions', 'warning versions', 'warning versions', 'warning versions'],
      says: 'is known bad for transfers over TLS',
    },
    {
      when: 'its name leads nowhere on it',
      given: { examined: { ownAddresses: [] } },
      finds: ['warning own-name'],
      says: 'leads nowhere on it',
    },
    {
      when: 'its clock is wrong',
      given: { examined: { clock: { aheadMs: -90_000, uncertaintyMs: 20 } } },
      finds: ['warning clock'],
      says: "90000 ms behind the controller's",
    },
    {
      when: 'post-copy is for root alone',
      given: { examined: { userfaultfd: 'root-only' } },
      finds: ['warning userfaultfd'],
      says: 'post-copy to it is refused',
    },
    {
      when: 'libvirt-guests would fight a drain',
      given: { examined: { units: { 'libvirt-guests.service': { active: 'active', enabled: 'enabled' } } } },
      finds: ['warning libvirt-guests'],
      says: 'overtaken by it',
    },
    {
      when: 'somebody else moves guests',
      given: { examined: { processes: ['pacemakerd', 'nova-compute'] } },
      finds: ['warning other-balancers'],
      says: 'Pacemaker and OpenStack Nova run there',
    },
    {
      when: 'QEMU has no certificates',
      given: {
        examined: {
          certificates: sampleCertificates({ 'qemu-client': { there: false, certificate: null, key: null } }),
        },
      },
      finds: ['warning migration-tls'],
      says: 'Memory goes in the clear',
    },
    {
      when: 'others reach it by TLS, and it has no certificate for that',
      given: {
        examined: {
          certificates: sampleCertificates({
            'libvirt-server': { there: false, certificate: null, key: null },
          }),
        },
      },
      finds: ['error libvirt-tls'],
      says: '/etc/pki/libvirt/servercert.pem',
    },
    {
      when: 'a certificate has ended',
      given: {
        examined: {
          certificates: sampleCertificates({
            'qemu-server': { certificate: sampleCertificate({ notAfter: '2029-12-31T00:00:00.000Z' }) },
          }),
        },
      },
      finds: ['error certificate'],
      says: 'ends on 2029-12-31T00:00:00.000Z, before 2030-01-01',
    },
    {
      when: 'a certificate ends soon',
      given: {
        examined: {
          certificates: sampleCertificates({
            'vnc-server': { certificate: sampleCertificate({ notAfter: '2030-01-11T12:00:00.000Z' }) },
          }),
        },
      },
      finds: ['warning certificate'],
      says: 'ends in 10 days',
    },
    {
      when: 'a certificate is of another authority',
      given: {
        examined: {
          certificates: sampleCertificates({
            'qemu-client': { certificate: sampleCertificate({ signedByAuthority: false }) },
          }),
        },
      },
      finds: ['error certificate'],
      says: 'is not the authority beside it',
    },
    {
      when: 'QEMU may not read its key',
      given: {
        examined: {
          certificates: sampleCertificates({
            'qemu-server': { key: { path: '/k.pem', there: true, mode: 0o600, uid: 0, gid: 0 } },
          }),
        },
      },
      finds: ['error certificate'],
      says: 'QEMU runs as 64055:64055 and may not read its key /k.pem',
    },
    {
      when: 'everybody may read a key',
      given: {
        examined: {
          certificates: sampleCertificates({
            'libvirt-server': { key: { path: '/k.pem', there: true, mode: 0o644, uid: 0, gid: 0 } },
          }),
        },
      },
      finds: ['warning certificate'],
      says: 'everybody on the host may get at its key',
    },
  ])('$when', ({ given, finds, says }) => {
    const found = troubles(sampleDoctorHost('alpha', given));
    expect(found.map(summary)).toEqual(finds);
    expect(found.map(({ message }) => message).join('\n')).toContain(says);
    expect(found.every(({ remedy }) => remedy !== '')).toBe(true);
  });

  test('without a shell nothing that takes one passes', () => {
    const found = troubles(sampleDoctorHost('alpha', { examined: null }), beta, {
      libvirtd: null,
      migration: null,
    });
    expect(found.map(summary)).toEqual([
      'unknown shell',
      'unknown migration-tls',
      'unknown name',
      'unknown peer-daemon',
      'unknown migration-ports',
    ]);
    expect(found[0]?.message).toContain('qemu+tcp leads to libvirtd alone');
  });
});

describe('what is wrong between two hosts', () => {
  const alpha = sampleDoctorHost('alpha');
  const reached = samplePair(alpha, beta).migration;
  if (reached === null) throw new Error('the sample has a way');
  test.each<{
    when: string;
    from?: Change;
    to?: Change;
    pair?: Partial<DoctorPair>;
    finds: string[];
    says: string;
  }>([
    {
      when: 'the name is the loopback of the source',
      pair: { migration: { ...reached, addresses: ['127.0.1.1'], outcome: 'refused', welcome: false } },
      finds: ['error name', 'error migration-ports'],
      says: 'beta is the loopback here (127.0.1.1)',
    },
    {
      when: 'the name leads nowhere',
      pair: { migration: { ...reached, addresses: [], outcome: 'unresolved', welcome: false } },
      finds: ['error name'],
      says: 'leads nowhere here',
    },
    {
      when: 'the name leads to another machine',
      pair: { migration: { ...reached, addresses: ['10.9.9.9'] } },
      finds: ['warning name'],
      says: 'beta is 10.9.9.9 here, and the target has address of beta',
    },
    {
      when: 'a firewall drops migrations',
      to: { examined: { units: { 'firewalld.service': { active: 'active', enabled: 'enabled' } } } },
      pair: { migration: { ...reached, outcome: 'silent', welcome: false } },
      finds: ['error migration-ports'],
      says: 'beta:49152 (address of beta) does not answer',
    },
    {
      when: 'something else answers at the port',
      pair: { migration: { ...reached, welcome: false } },
      finds: ['error migration-ports'],
      says: 'something else answers at beta:49152',
    },
    {
      when: "the other's libvirtd does not listen",
      pair: { libvirtd: { ...reached, port: 16_514, outcome: 'refused' } },
      finds: ['error peer-daemon'],
      says: 'beta:16514 (address of beta) is refused',
    },
    {
      when: 'both have one host uuid',
      from: { facts: { hostUuid: 'u' } },
      to: { facts: { hostUuid: 'u' } },
      finds: ['error identity'],
      says: 'both have the host uuid u',
    },
    {
      when: 'one was cloned from the other',
      from: { examined: { machineId: 'm' } },
      to: { examined: { machineId: 'm' } },
      finds: ['warning identity'],
      says: 'both have the machine-id m',
    },
    {
      when: 'the target has an older QEMU',
      to: { facts: { hypervisorVersion: 11_000_000 } },
      finds: ['warning versions'],
      says: 'QEMU 11.0.0 there is older than 11.1.3 here',
    },
    {
      when: 'a pair of versions is known bad',
      from: { facts: { hypervisorVersion: 10_000_013 } },
      finds: ['warning versions'],
      says: 'is not taken by the latter',
    },
    {
      when: 'the target lacks features of the processor',
      to: { found: { cpu: { model: 'EPYC', vendor: 'AMD', microcode: null, features: ['aes'] } } },
      finds: ['warning cpu'],
      says: 'EPYC here, EPYC there, without avx2',
    },
    {
      when: 'processors of two makers',
      to: {
        found: { cpu: { model: 'Skylake', vendor: 'Intel', microcode: null, features: ['aes', 'avx2'] } },
      },
      finds: ['warning cpu'],
      says: 'processors of AMD here and of Intel there',
    },
    {
      when: 'two architectures',
      to: { facts: { arch: 'aarch64' } },
      finds: ['error cpu'],
      says: 'no guest moves live',
    },
    {
      when: 'machine types that are not there',
      from: { facts: { machineTypes: ['pc-q35-9.2', 'pc-q35-10.0'] } },
      to: { facts: { machineTypes: ['pc-q35-9.2'] } },
      finds: ['warning machine-types'],
      says: '1 machine types of here are not there: pc-q35-10.0',
    },
    {
      when: "QEMU's users differ",
      to: { facts: { qemuOwner: { uid: 107, gid: 107 } } },
      finds: ['warning qemu-owner'],
      says: 'QEMU runs as 64055:64055 here and as 107:107 there',
    },
    {
      when: 'locks of libvirt on one of them',
      to: {
        examined: {
          settings: {
            qemu: { lock_manager: '"lockd"' },
            libvirtd: {},
            listener: '/etc/libvirt/libvirtd.conf',
          },
        },
      },
      finds: ['error locks'],
      says: 'by nothing here and by lockd there: it refuses live moves between them',
    },
    {
      when: 'locks of libvirt on one of them, and no storage that both see',
      from: {
        examined: {
          settings: {
            qemu: { lock_manager: '"sanlock"' },
            libvirtd: {},
            listener: '/etc/libvirt/libvirtd.conf',
          },
        },
      },
      pair: { directories: [{ path: '/images', isShared: false }] },
      finds: ['error locks'],
      says: 'by sanlock here and by nothing there',
    },
    {
      when: 'a long way',
      pair: { migration: { ...reached, ms: 72.34 } },
      finds: ['warning latency'],
      says: 'a connection from here to beta takes 72.3 ms: after a switch by post-copy',
    },
    {
      when: 'a network is missing',
      from: { facts: { networks: [{ name: 'lan', active: true, bridge: null }] } },
      to: { facts: { networks: [] } },
      finds: ['warning networks'],
      says: 'a network of libvirt here is not there: lan',
    },
    {
      when: 'packets of two sizes',
      pair: { migration: { ...reached, mtu: 9_000 } },
      finds: ['warning mtu'],
      says: 'packets of 9000 bytes leave from here and of 1500 from there',
    },
    {
      when: 'two authorities',
      to: {
        examined: {
          certificates: sampleCertificates({
            'qemu-ca': { certificate: sampleCertificate({ fingerprint: 'b'.repeat(64) }) },
          }),
        },
      },
      finds: ['error authority'],
      says: 'neither believes the other',
    },
    {
      when: 'it did not show which storage both see',
      pair: { directories: null },
      finds: ['unknown storage'],
      says: 'did not show',
    },
  ])('$when', ({ from, to, pair, finds, says }) => {
    const found = troubles(sampleDoctorHost('alpha', from), sampleDoctorHost('beta', to), pair);
    expect(found.map(summary)).toEqual(finds);
    expect(found.map(({ message }) => message).join('\n')).toContain(says);
    expect(found.every(({ remedy }) => remedy !== '')).toBe(true);
  });

  /** Findings of one code, where a connection takes so many milliseconds. */
  const told = (ms: number, code: string): string[] =>
    (
      diagnose(sampleDoctorInput(alpha, beta, { migration: { ...reached, ms } })).pairs[0]?.findings ?? []
    ).flatMap((one) => (one.code === code ? [`${one.severity}: ${one.message}`] : []));

  test('latency is told with its figure, and locks where they are alike', () => {
    expect(told(0.4, 'latency')).toEqual(['ok: a connection from here to beta takes 0.4 ms']);
    expect(told(12, 'latency').join('')).toContain('takes 12 ms: guests stand still');
    expect(told(0.4, 'locks')).toEqual(['ok: libvirt locks disks by nothing on both']);
  });

  test('commands are those of the firewall that runs there', () => {
    const firewalld = { 'firewalld.service': { active: 'active', enabled: 'enabled' } };
    const pair = { migration: { ...reached, outcome: 'silent', welcome: false } } as const;
    const commands = (units: Record<string, { active: string; enabled: string }>) =>
      troubles(alpha, sampleDoctorHost('beta', { examined: { units } }), pair)[0]?.commands;
    expect(commands(firewalld)?.debian).toEqual([
      'firewall-cmd --permanent --add-port=49152-49215/tcp',
      'firewall-cmd --reload',
    ]);
    expect(commands({})?.debian).toEqual(['nft add rule inet filter input tcp dport 49152-49215 accept']);
    const ports = {
      qemu: { migration_port_min: '50000', migration_port_max: '50010' },
      libvirtd: {},
      listener: '/etc/libvirt/libvirtd.conf',
    } as const;
    const others = sampleDoctorHost('beta', { examined: { settings: ports } });
    expect(troubles(alpha, others, pair)[0]?.remedy).toContain('50000 to 50010');
  });
});
