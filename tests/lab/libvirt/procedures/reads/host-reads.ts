import { bits } from '../bits.ts';
import { type Case, read } from '../case.ts';

const cpuXml = '<cpu><arch>x86_64</arch><model>qemu64</model></cpu>';
const type = "{'QEMU': 'qemu', 'TEST': 'test'}[conn.getType()]";
const version = (number: bigint): string =>
  `${number / 1_000_000n}.${(number / 1000n) % 1000n}.${number % 1000n}`;
const nul = /\0$/;
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString().replace(nul, '');

/** The daemon and its host: connection, processors, memory. */
export const hostReads: readonly Case[] = [
  read('connectGetType', () => ({}), 'conn.getType()'),
  read('connectGetVersion', () => ({}), 'conn.getVersion()', {
    virsh: [
      'version --daemon',
      ({ hvVer }, { driver }) => [
        `Running hypervisor: ${driver === 'qemu' ? 'QEMU' : 'TEST'} ${version(hvVer)}`,
      ],
    ],
  }),
  read('connectGetLibVersion', () => ({}), 'conn.getLibVersion()', {
    virsh: ['version --daemon', ({ libVer }) => [`Running against daemon: ${version(libVer)}`]],
  }),
  read('connectGetCapabilities', () => ({}), 'conn.getCapabilities()', {
    virsh: ['capabilities', ({ capabilities }) => capabilities],
  }),
  read('connectGetHostname', () => ({}), 'conn.getHostname()', {
    virsh: ['hostname', ({ hostname }) => hostname],
  }),
  read('connectGetUri', () => ({}), "conn.getURI().replace('+unix', '')"),
  // No binding asks this: 14 is that callbacks have numbers, which both releases do.
  read('connectSupportsFeature', () => ({ feature: 14 }), 'True'),
  read('connectIsSecure', () => ({}), 'conn.isSecure()'),
  read('connectGetSysinfo', () => ({ flags: 0 }), 'conn.getSysinfo(0)'),
  read('connectGetMaxVcpus', ({ driver }) => ({ type: driver }), `conn.getMaxVcpus(${type})`),
  read('connectCompareCpu', () => ({ xml: cpuXml, flags: 0 }), `conn.compareCPU('${cpuXml}', 0)`),
  read(
    'connectBaselineCpu',
    () => ({ xmlCpus: [cpuXml, cpuXml], flags: 0 }),
    `conn.baselineCPU(['${cpuXml}'] * 2, 0)`,
  ),
  read(
    'connectGetCpuModelNames',
    () => ({ arch: 'x86_64', needResults: 1, flags: 0 }),
    "conn.getCPUModelNames('x86_64', 0)",
    {
      virsh: ['cpu-models x86_64', ({ models }) => models],
    },
  ),
  read(
    'connectGetDomainCapabilities',
    ({ driver }) => ({ emulatorbin: null, arch: 'x86_64', machine: null, virttype: driver, flags: 0 }),
    `conn.getDomainCapabilities(None, 'x86_64', None, ${type}, 0)`,
    { virsh: ['domcapabilities --arch x86_64', ({ capabilities }) => capabilities] },
  ),
  read(
    'connectCompareHypervisorCpu',
    ({ driver }) => ({
      emulator: null,
      arch: 'x86_64',
      machine: null,
      virttype: driver,
      xmlCpu: cpuXml,
      flags: 0,
    }),
    `conn.compareHypervisorCPU(None, 'x86_64', None, ${type}, '${cpuXml}', 0)`,
  ),
  read(
    'connectBaselineHypervisorCpu',
    ({ driver }) => ({
      emulator: null,
      arch: 'x86_64',
      machine: null,
      virttype: driver,
      xmlCpus: [cpuXml],
      flags: 0,
    }),
    `conn.baselineHypervisorCPU(None, 'x86_64', None, ${type}, ['${cpuXml}'], 0)`,
  ),
  read('nodeGetInfo', () => ({}), 'conn.getInfo()', {
    // Memory is KiB, which python makes MiB of.
    as: ({ model, memory, cpus, mhz, nodes, sockets, cores, threads }) => [
      model,
      memory / 1024n,
      cpus,
      mhz,
      nodes,
      sockets,
      cores,
      threads,
    ],
    virsh: [
      'nodeinfo',
      ({ model, memory, cpus, mhz, nodes, sockets, cores, threads }) => [
        `CPU model: ${model}`,
        `CPU(s): ${cpus}`,
        `CPU frequency: ${mhz} MHz`,
        `CPU socket(s): ${sockets}`,
        `Core(s) per socket: ${cores}`,
        `Thread(s) per core: ${threads}`,
        `NUMA cell(s): ${nodes}`,
        `Memory size: ${memory} KiB`,
      ],
    ],
  }),
  read('nodeGetCellsFreeMemory', () => ({ startCell: 0, maxcells: 1 }), 'conn.getCellsFreeMemory(0, 1)', {
    drifts: true,
  }),
  read('nodeGetFreeMemory', () => ({}), 'conn.getFreeMemory()', { drifts: true }),
  read('nodeGetSecurityModel', () => ({}), 'conn.getSecurityModel()', {
    as: ({ model, doi }) => [text(model), text(doi)],
  }),
  read(
    'nodeGetCpuStats',
    async ({ connection }) => {
      const all = { cpuNum: -1, flags: 0 };
      // It must be asked for as many as there are.
      const { nparams } = await connection.call('nodeGetCpuStats', { ...all, nparams: 0 });
      return { ...all, nparams };
    },
    'conn.getCPUStats(-1, 0)',
    { as: ({ params }) => params },
  ),
  read('nodeGetMemoryStats', () => ({ cellNum: -1, nparams: 4, flags: 0 }), 'conn.getMemoryStats(-1, 0)', {
    as: ({ params }) => params,
    drifts: true,
  }),
  read(
    'nodeGetMemoryStats',
    () => ({ cellNum: -1, nparams: 0, flags: 0 }),
    'len(conn.getMemoryStats(-1, 0))',
    {
      as: ({ nparams }) => nparams,
    },
  ),
  read('nodeGetMemoryParameters', () => ({ nparams: 64, flags: 0 }), 'conn.getMemoryParameters(0)'),
  read('nodeGetCpuMap', () => ({ needMap: 1, needOnline: 1, flags: 0 }), 'conn.getCPUMap(0)', {
    as: ({ cpumap, online, ret }) => [ret, bits(cpumap, ret), online],
    virsh: ['nodecpumap', ({ online, ret }) => [`CPUs present: ${ret}`, `CPUs online: ${online}`]],
  }),
  read(
    'nodeGetFreePages',
    () => ({ pages: [4], startCell: 0, cellCount: 1, flags: 0 }),
    'conn.getFreePages([4], 0, 1, 0)',
    {
      as: ({ counts: [count] }) => ({ 0: { 4: count } }),
      drifts: true,
    },
  ),
  read('nodeGetSevInfo', () => ({ nparams: 64, flags: 0 }), 'conn.getSEVInfo(0)'),
];
