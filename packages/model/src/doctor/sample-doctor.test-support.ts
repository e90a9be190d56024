import { sampleHost } from '../check/sample-input.ts';
import type { HostFacts } from '../host/host-facts.ts';
import type { Host } from '../host/host.ts';
import { certificatePlaces } from './asked-of-hosts.ts';
import type { DoctorHost, DoctorInput, DoctorPair } from './doctor-input.ts';
import type { CertificateFacts, CertificateFile, DoorReached, HostExamination } from './host-examination.ts';

/** When samples are judged. */
const sampleAt = '2030-01-01T00:00:00.000Z';

/** A certificate that is good for a year from the samples' day on. */
export function sampleCertificate(change: Partial<CertificateFacts> = {}): CertificateFacts {
  return {
    subject: 'CN=alpha',
    issuer: 'CN=authority',
    names: ['alpha'],
    notBefore: '2029-12-01T00:00:00.000Z',
    notAfter: '2031-01-01T00:00:00.000Z',
    fingerprint: 'a'.repeat(64),
    signedByAuthority: true,
    ...change,
  };
}

/** All certificates of a host, as they should be; `change` is made to those of a use. */
export function sampleCertificates(
  change: Partial<Record<CertificateFile['use'], Partial<CertificateFile>>> = {},
): CertificateFile[] {
  return certificatePlaces({ qemu: {}, libvirtd: {}, directories: [] }).map(({ use, path, keyPath }) => ({
    use,
    path,
    there: true,
    certificate: sampleCertificate(),
    key: keyPath === null ? null : { path: keyPath, there: true, mode: 0o640, uid: 0, gid: 64_055 },
    ...change[use],
  }));
}

/** What the shell of a host that is set up well tells. */
function sampleExamination(name: string, change: Partial<HostExamination> = {}): HostExamination {
  return {
    clock: { aheadMs: 3, uncertaintyMs: 20 },
    hostname: name,
    ownAddresses: [`address of ${name}`],
    addresses: [`address of ${name}`],
    machineId: `machine ${name}`,
    family: 'debian',
    userfaultfd: 'by-device',
    units: {},
    processes: ['libvirtd'],
    settings: { qemu: {}, libvirtd: {}, listener: '/etc/libvirt/libvirtd.conf' },
    certificates: sampleCertificates(),
    firewall: { kind: 'none' },
    listening: [22, 16_514],
    ...change,
  };
}

/** A host as it should be; `examined: null`: it has no shell. */
export function sampleDoctorHost(
  name: string,
  change: {
    readonly facts?: Partial<HostFacts> | null;
    readonly host?: Partial<Host>;
    readonly service?: Partial<Host['service']>;
    readonly examined?: Partial<HostExamination> | null;
    readonly found?: Partial<DoctorHost>;
  } = {},
): DoctorHost {
  const qemuOwner = { uid: 64_055, gid: 64_055 };
  const versions = { libvirtVersion: 12_009_000, hypervisorVersion: 11_001_003 };
  const facts = change.facts === null ? null : { qemuOwner, ...versions, ...change.facts };
  const host = {
    ...sampleHost(name, facts, change.service),
    uri: `qemu+ssh://${name}/system`,
    ...change.host,
  };
  return {
    host: { ...host, peerUri: change.host?.peerUri ?? `qemu+tls://${name}/system` },
    cpu: { model: 'EPYC', vendor: 'AMD', microcode: null, features: ['aes', 'avx2'] },
    autostart: [],
    directories: ['/images'],
    shell:
      change.examined === null
        ? { kind: 'none', why: 'qemu+tcp leads to libvirtd alone' }
        : { kind: 'examined', found: sampleExamination(name, change.examined) },
    ...change.found,
  };
}

/** A way that is open. */
export function samplePair(from: DoctorHost, to: DoctorHost, change: Partial<DoctorPair> = {}): DoctorPair {
  const { name } = to.host;
  const reached: DoorReached = {
    name,
    port: 49_152,
    addresses: [`address of ${name}`],
    outcome: 'open',
    ms: 0.4,
    mtu: 1500,
    welcome: true,
    bytesPerSecond: 0,
  };
  return {
    from: from.host.id,
    to: to.host.id,
    libvirtd: { ...reached, port: 16_514 },
    migration: reached,
    directories: [{ path: '/images', isShared: true }],
    ...change,
  };
}

/** Two hosts and the ways between them. */
export function sampleDoctorInput(
  one: DoctorHost,
  other: DoctorHost,
  change: Partial<DoctorPair> = {},
): DoctorInput {
  return {
    hosts: [one, other],
    pairs: [samplePair(one, other, change), samplePair(other, one)],
    baseline: { xml: "<cpu mode='custom'><model>EPYC</model></cpu>" },
    at: sampleAt,
  };
}
