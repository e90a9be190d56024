import { bits } from '../bits.ts';
import { type Case, read } from '../case.ts';

/** Tunable parameters, processors and I/O threads of domains. What takes `nparams` is asked for it as well. */
export const domainTuningReads: readonly Case[] = [
  read('domainGetMaxVcpus', ({ dom }) => ({ dom }), 'dom.maxVcpus()'),
  read('domainGetVcpusFlags', ({ dom }) => ({ dom, flags: 0 }), 'dom.vcpusFlags(0)', {
    virsh: ['vcpucount probe --active --live', ({ num }) => `${num}`],
  }),
  read('domainGetVcpusFlags', ({ rest: dom }) => ({ dom, flags: 6 }), 'rest.vcpusFlags(6)', {
    virsh: ['vcpucount rest --maximum --config', ({ num }) => `${num}`],
  }),
  read(
    'domainGetVcpus',
    ({ dom, cpus }) => ({ dom, maxinfo: 3, maplen: Math.ceil(cpus / 8) }),
    'dom.vcpus()',
    {
      as: ({ info, cpumaps }, { cpus }) => [
        info.map(({ number, state, cpuTime, cpu }) => [number, state, cpuTime, cpu]),
        info.map((_, index) => bits(cpumaps.subarray(index * Math.ceil(cpus / 8)), cpus)),
      ],
      drifts: true,
    },
  ),
  read(
    'domainGetVcpuPinInfo',
    ({ rest: dom, cpus }) => ({ dom, ncpumaps: 1, maplen: Math.ceil(cpus / 8), flags: 2 }),
    'rest.vcpuPinInfo(2)',
    {
      as: ({ cpumaps, num }, { cpus }) =>
        Array.from({ length: num }, (_, index) => bits(cpumaps.subarray(index * Math.ceil(cpus / 8)), cpus)),
    },
  ),
  read(
    'domainGetEmulatorPinInfo',
    ({ rest: dom, cpus }) => ({ dom, maplen: Math.ceil(cpus / 8), flags: 2 }),
    'rest.emulatorPinInfo(2)',
    { as: ({ cpumaps }, { cpus }) => bits(cpumaps, cpus) },
  ),
  read('domainGetIothreadInfo', ({ dom }) => ({ dom, flags: 0 }), 'dom.ioThreadInfo(0)', {
    as: ({ info }, { cpus }) => info.map(({ iothreadId, cpumap }) => [iothreadId, bits(cpumap, cpus)]),
  }),
  read('domainGetSchedulerType', ({ dom }) => ({ dom }), 'dom.schedulerType()', {
    as: ({ type, nparams }) => [type, nparams],
  }),
  read(
    'domainGetSchedulerParameters',
    ({ rest: dom }) => ({ dom, nparams: 16 }),
    'rest.schedulerParameters()',
  ),
  read(
    'domainGetSchedulerParametersFlags',
    ({ rest: dom, driver }) => ({ dom, nparams: 16, flags: driver === 'qemu' ? 2 : 0 }),
    "rest.schedulerParametersFlags(2 if conn.getType() == 'QEMU' else 0)",
  ),
  read(
    'domainGetMemoryParameters',
    ({ rest: dom }) => ({ dom, nparams: 16, flags: 6 }),
    'rest.memoryParameters(2)',
  ),
  read(
    'domainGetMemoryParameters',
    ({ rest: dom }) => ({ dom, nparams: 0, flags: 6 }),
    'len(rest.memoryParameters(2))',
    {
      as: ({ nparams }) => nparams,
    },
  ),
  read(
    'domainGetBlkioParameters',
    ({ rest: dom }) => ({ dom, nparams: 16, flags: 6 }),
    'rest.blkioParameters(2)',
  ),
  read(
    'domainGetBlkioParameters',
    ({ rest: dom }) => ({ dom, nparams: 0, flags: 6 }),
    'len(rest.blkioParameters(2))',
    {
      as: ({ nparams }) => nparams,
    },
  ),
  read(
    'domainGetBlockIoTune',
    ({ dom }) => ({ dom, disk: 'vda', nparams: 32, flags: 4 }),
    "dom.blockIoTune('vda', 0)",
  ),
  read(
    'domainGetBlockIoTune',
    ({ dom }) => ({ dom, disk: 'vda', nparams: 0, flags: 4 }),
    "len(dom.blockIoTune('vda', 0))",
    {
      as: ({ nparams }) => nparams,
    },
  ),
  read(
    'domainGetNumaParameters',
    ({ rest: dom }) => ({ dom, nparams: 16, flags: 6 }),
    'rest.numaParameters(2)',
  ),
  read(
    'domainGetInterfaceParameters',
    ({ dom }) => ({ dom, device: 'probe0', nparams: 16, flags: 4 }),
    "dom.interfaceParameters('probe0', 0)",
  ),
  read('domainGetPerfEvents', ({ rest: dom }) => ({ dom, flags: 2 }), 'rest.perfEvents(2)'),
  read('domainGetLaunchSecurityInfo', ({ dom }) => ({ dom, flags: 0 }), 'dom.launchSecurityInfo(0)'),
];
