import type { HostFacts } from '@ferry/model';
import type { SimulatedDirectory, SimulatedHostState } from './simulated-state.ts';

/** What a simulated host is made with. */
export interface HostOptions {
  readonly facts?: Partial<HostFacts>;
  readonly shared?: Record<string, SimulatedDirectory>;
  readonly shell?: SimulatedHostState['shell'];
}

const mebibyte = 1024 * 1024;

/** A host with its own `/images` and any shared directories given, each a pool, on which nothing runs. */
export function newHost(name: string, number: number, options: HostOptions): SimulatedHostState {
  return {
    name,
    uri: `simulated://${name}/`,
    up: true,
    daemonStarts: 1,
    shell: options.shell ?? null,
    examination: {},
    waitingKeys: new Map(),
    changes: new Map(),
    namesHere: new Map(),
    facts: { ...defaultFacts(name, number), ...options.facts },
    domains: new Map(),
    filters: new Map(),
    filtersInForce: true,
    staleBindings: new Set(),
    networks: new Map([['default', { active: true, autostart: true, bridge: 'virbr0', mtu: 1500 }]]),
    pools: new Map(
      ['/images', ...Object.keys(options.shared ?? {})].map((directory) => [
        `pool of ${directory}`,
        { type: 'dir', active: true, autostart: true, directory, source: '' },
      ]),
    ),
    secrets: new Map(),
    identities: new Map(),
    hardware: defaultHardware(),
    refusedDevices: new Map(),
    devices: new Map([['br-ex', { isBridge: true, mtu: 1500 }]]),
    emulators: null,
    cutOffFrom: new Set(),
    ownership: { dynamic: true, remembered: false },
    locksHold: true,
    screensReached: true,
    directories: new Map([['/images', new Map()], ...Object.entries(options.shared ?? {})]),
  };
}

function defaultHardware(): SimulatedHostState['hardware'] {
  return {
    cpu: { model: 'EPYC', vendor: 'AMD', microcode: '1', features: ['x2apic'] },
    cells: [{ id: 0, cpus: [0, 1, 2, 3, 4, 5, 6, 7] }],
    hugePages: [{ sizeBytes: 2 * mebibyte, free: 0 }],
    securityModels: ['dac'],
    launchSecurity: [],
    devices: new Map(),
  };
}

function defaultFacts(name: string, number: number): HostFacts {
  return {
    hostUuid: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    hostname: name,
    hypervisorType: 'QEMU',
    hypervisorVersion: 10_000_013,
    libvirtVersion: 11_003_000,
    arch: 'x86_64',
    cpuModel: 'qemu64',
    cpus: 8,
    memoryBytes: 8192 * mebibyte,
    memoryAvailableBytes: 6144 * mebibyte,
    domainTypes: ['qemu'],
    machineTypes: ['pc-q35-10.0', 'q35'],
    qemuOwner: { uid: 64055, gid: 64055 },
    networks: [],
  };
}
