import type { Host } from '../host/host.ts';
import type { HostFacts } from '../host/host-facts.ts';
import type { DomainFacts } from '../instance/domain-facts.ts';
import type { DomainElement } from '../domain-elements/domain-element.ts';
import type { Instance } from '../instance/instance.ts';
import { type NetworkComparison, unspecifiedNetwork } from '../instance/network-facts.ts';
import type { PoolComparison } from '../storage/pool-facts.ts';
import type { TransferPlan } from '../strategy/transfer-plan.ts';
import type { MoveRequest } from '../move/move-options.ts';
import type { Check, CheckInput } from './check-input.ts';

const gib = 1024 ** 3;

const sampleFacts: HostFacts = {
  hostUuid: '0a',
  hostname: 'alpha',
  hypervisorType: 'QEMU',
  hypervisorVersion: 10_000_013,
  libvirtVersion: 11_003_000,
  arch: 'x86_64',
  cpuModel: 'EPYC',
  cpus: 8,
  memoryBytes: 16 * gib,
  memoryAvailableBytes: 8 * gib,
  domainTypes: ['kvm', 'qemu'],
  machineTypes: ['pc-q35-10.0', 'q35'],
  qemuOwner: { uid: 64055, gid: 64055 },
  networks: [{ name: 'default', active: true, bridge: 'virbr0' }],
};

/** A host that answers, for tests. Null facts: it has never told any. */
export function sampleHost(
  name: string,
  facts: Partial<HostFacts> | null = {},
  service: Partial<Host['service']> = {},
): Host {
  return {
    id: `id-${name}`,
    name,
    uri: `qemu+tcp://${name}/system`,
    peerUri: `qemu+tcp://${name}/system`,
    trustedCopyAddress: null,
    networks: { map: {}, define: false },
    storage: { pools: {}, paths: {}, define: false },
    removeUnusedImages: false,
    imageDirectory: null,
    screenAddress: null,
    screenTls: false,
    allowedDirectories: [],
    labels: {},
    fence: null,
    maintenance: null,
    service: { state: 'up', reason: '', status: 'enabled', lastSeenAt: '2026-01-01T00:00:00Z', ...service },
    facts: facts === null ? null : { ...sampleFacts, hostUuid: `uuid-${name}`, hostname: name, ...facts },
  };
}

/** A running guest with one shared disk and one network, for tests. */
export function sampleDomain(change: Partial<DomainFacts> = {}): DomainFacts {
  return {
    id: 'i1',
    name: 'web',
    power: 'running',
    reason: 'booted',
    persistent: true,
    autostart: false,
    activeJob: null,
    managedSave: false,
    domainType: 'kvm',
    arch: 'x86_64',
    machineType: 'pc-q35-10.0',
    emulator: '/usr/bin/qemu-system-x86_64',
    memoryBytes: 2 * gib,
    vcpus: 2,
    cpuXml: null,
    disks: [sampleDisk()],
    interfaces: [sampleInterface()],
    hostDevices: [],
    extras: {
      nvram: null,
      emulatedTpm: false,
      snapshots: [],
      snapshotsWithMemoryFile: [],
      checkpoints: [],
    },
    ...change,
  };
}

/** An interface in the network "default", for tests. */
export function sampleInterface(
  change: Partial<DomainFacts['interfaces'][number]> = {},
): DomainFacts['interfaces'][number] {
  const names = { kind: 'network', source: 'default', mode: null, portGroup: null } as const;
  const plain = { ...names, filter: null, virtualPort: null, portId: null } as const;
  return { mac: '52:54:00:00:00:01', ...plain, ...change };
}

/** The network "default", active on both hosts, for tests. */
export function sampleNetwork(change: Partial<NetworkComparison> = {}): NetworkComparison {
  const facts = { ...unspecifiedNetwork, kind: 'network', active: true, mtu: 1500 } as const;
  const names = { kind: 'network', virtualPort: null, name: 'default', targetName: 'default' } as const;
  const rest = { portGroup: null, mode: null, wouldLack: [] } as const;
  return { ...names, ...rest, atSource: facts, onTarget: facts, ...change };
}

/** The pool "images", the same directory on both hosts, for tests. */
export function samplePool(change: Partial<PoolComparison> = {}): PoolComparison {
  const facts = { type: 'dir', active: true, directory: '/images', source: '', secrets: [] };
  return { name: 'images', targetName: 'images', atSource: facts, onTarget: facts, ...change };
}

/** A description in which nothing matters, for tests. */
const sampleElements: DomainElement = {
  name: 'domain',
  attributes: [['type', 'kvm']],
  text: '',
  children: [{ name: 'name', attributes: [], text: 'web', children: [] }],
};

/** A writable qcow2 disk, for tests. */
export function sampleDisk(change: Partial<DomainFacts['disks'][number]> = {}): DomainFacts['disks'][number] {
  const path = '/images/web.qcow2';
  const image = { path, format: 'qcow2', capacityBytes: 4 * gib, allocationBytes: gib, owner: null };
  const fixed = { target: 'vda', device: 'disk', kind: 'file', format: 'qcow2' } as const;
  return {
    ...fixed,
    path,
    volume: null,
    network: null,
    readOnly: false,
    shareable: false,
    secrets: [],
    toldBacking: null,
    image,
    backing: [],
    ...change,
  };
}

/** A plan that keeps the one disk, or copies it. */
export function samplePlan(action: 'keep' | 'copy', change: Partial<TransferPlan> = {}): TransferPlan {
  const disk = { target: 'vda', path: '/images/web.qcow2', because: 'a probe file' };
  if (action === 'keep') {
    return {
      form: 'peer-to-peer',
      disks: [{ action, ...disk }],
      copyBytes: 0,
      obstacles: [],
      warm: null,
      ...change,
    };
  }
  const sizes = { format: 'qcow2', capacityBytes: 4 * gib, allocationBytes: gib };
  const copied = { action, ...disk, ...sizes, readOnly: false, backing: [] };
  return { form: 'coordinated', disks: [copied], copyBytes: gib, obstacles: [], warm: null, ...change };
}

export const sampleInstance: Instance = {
  id: 'i1',
  name: 'web',
  hostId: 'id-alpha',
  powerState: 'running',
  vmState: 'active',
  taskState: null,
  memoryBytes: 2 * gib,
  vcpus: 2,
  generation: 1,
  operationId: null,
  fault: null,
};

/** Facts with which every check passes, but for what a test changes. */
export function sampleInput(
  change: Partial<Omit<CheckInput, 'request'>> & { readonly request?: Partial<MoveRequest> } = {},
): CheckInput {
  const request: MoveRequest = {
    kind: 'live-migration',
    host: 'beta',
    bandwidthBytesPerSecond: null,
    maxDowntimeMs: null,
    policy: null,
    blockMigration: 'auto',
    networkMap: {},
    defineNetworks: false,
    poolMap: {},
    pathMap: {},
    definePools: false,
    sharedDevices: [],
    accept: [],
    probe: null,
    postCopy: 'never',
    encryption: 'none',
    coordinated: false,
    warm: false,
    startFailure: 'go-back',
    announce: false,
    shutdownTimeoutMs: 60_000,
    hold: false,
    resizeTo: null,
    said: [],
    ...change.request,
  };
  return {
    role: 'operator',
    instance: sampleInstance,
    source: sampleHost('alpha'),
    target: sampleHost('beta'),
    targetProblem: null,
    hostNames: ['alpha', 'beta'],
    domain: sampleDomain(),
    emulator: { problem: null },
    cpuComparison: 'identical',
    conflict: null,
    encryption: { can: true, because: 'both have certificates' },
    way: null,
    claimedMemoryBytes: 0,
    serverGroup: null,
    elements: { descriptions: { live: sampleElements, next: sampleElements }, answers: {} },
    plan: samplePlan('keep'),
    places: [],
    fileUsers: [],
    planProblem: null,
    room: [],
    warm: null,
    ownership: { source: null, target: null },
    diskLocks: [{ directory: '/images', disks: ['vda'], hold: true }],
    networks: [sampleNetwork()],
    pools: [],
    secrets: [],
    groups: [],
    targetFilters: ['clean-traffic'],
    ...change,
    request,
  };
}

/** The severities a check finds, in order. */
export function severities(check: Check, change: Parameters<typeof sampleInput>[0] = {}): string[] {
  return check.judge(sampleInput(change)).map((finding) => finding.severity);
}
