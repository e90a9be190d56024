import { parametersFrom } from '@ferry/libvirt';
import { type Case, write } from '../case.ts';

const first = new Uint8Array([1]);
const only = '(True,) + (False,) * (conn.getCPUMap(0)[0] - 1)';
const pinned = (asked: string): readonly [string, unknown] => [`${asked} == ${only}`, true];

/** Processors, memory and shares: of a domain that runs where no guest must help, else of one that does not. */
export const domainTuningWrites: readonly Case[] = [
  write(
    'domainSetVcpus',
    ({ made: dom }) => ({ dom, nvcpus: 2 }),
    'made.setVcpus(2)',
    ['made.vcpusFlags(1)', 2],
    { arrange: ['made.isActive() or made.createWithFlags(paused)'] },
  ),
  write(
    'domainSetVcpusFlags',
    ({ rest: dom }) => ({ dom, nvcpus: 3, flags: 2 }),
    'rest.setVcpusFlags(3, 2)',
    ['rest.vcpusFlags(2)', 3],
  ),
  write(
    'domainSetVcpu',
    ({ made: dom }) => ({ dom, cpumap: '2', state: true, flags: 1 }),
    "made.setVcpu('2', 1, 1)",
    ['made.vcpusFlags(1)', 3],
  ),
  write(
    'domainPinVcpu',
    ({ made: dom }) => ({ dom, vcpu: 0, cpumap: first }),
    `made.pinVcpu(0, ${only})`,
    pinned('made.vcpuPinInfo(1)[0]'),
  ),
  write(
    'domainPinVcpuFlags',
    ({ made: dom, driver }) => ({ dom, vcpu: 1, cpumap: first, flags: driver === 'qemu' ? 1 : 0 }),
    `made.pinVcpuFlags(1, ${only}, live)`,
    pinned('made.vcpuPinInfo(0)[1]'),
  ),
  write(
    'domainPinEmulator',
    ({ rest: dom }) => ({ dom, cpumap: first, flags: 2 }),
    `rest.pinEmulator(${only}, 2)`,
    pinned('rest.emulatorPinInfo(2)'),
  ),
  write(
    'domainAddIothread',
    ({ made: dom, driver }) => ({ dom, iothreadId: 7, flags: driver === 'qemu' ? 1 : 0 }),
    'made.addIOThread(7, 0)',
    ['sorted(i[0] for i in made.ioThreadInfo(0))', [1, 7]],
  ),
  write(
    'domainPinIothread',
    ({ made: dom, driver }) => ({ dom, iothreadsId: 7, cpumap: first, flags: driver === 'qemu' ? 1 : 0 }),
    `made.pinIOThread(7, ${only}, 0)`,
    pinned('tuple(dict(made.ioThreadInfo(0))[7])'),
  ),
  write(
    'domainSetIothreadParams',
    ({ made: dom }) => ({
      dom,
      iothreadId: 7,
      params: parametersFrom({ poll_max_ns: { type: 'ullong', value: 1000n } }),
      flags: 1,
    }),
    "made.setIOThreadParams(7, {'poll_max_ns': 1000}, 1)",
    ["conn.domainListGetStats([made], 128, 0)[0][1]['iothread.7.poll-max-ns']", 1000],
  ),
  write(
    'domainDelIothread',
    ({ made: dom, driver }) => ({ dom, iothreadId: 7, flags: driver === 'qemu' ? 1 : 0 }),
    'made.delIOThread(7, 0)',
    ['sorted(i[0] for i in made.ioThreadInfo(0))', [1]],
  ),
  write('domainSetMaxMemory', ({ rest: dom }) => ({ dom, memory: 262_144n }), 'rest.setMaxMemory(262144)', [
    'rest.maxMemory()',
    262_144,
  ]),
  // The balloon is the guest's to blow up: on QEMU only that it is asked can be seen.
  write('domainSetMemory', ({ dom }) => ({ dom, memory: 122_880n }), 'dom.setMemory(122880)', [
    "conn.getType() == 'QEMU' or dom.info()[2] == 122880",
    true,
  ]),
  write(
    'domainSetMemoryFlags',
    ({ rest: dom }) => ({ dom, memory: 114_688n, flags: 2 }),
    'rest.setMemoryFlags(114688, 2)',
    ['rest.info()[2]', 114_688],
  ),
  write(
    'domainSetMemoryParameters',
    ({ rest: dom }) => ({
      dom,
      params: parametersFrom({ hard_limit: { type: 'ullong', value: 500_000n } }),
      flags: 2,
    }),
    "rest.setMemoryParameters({'hard_limit': 500000}, 2)",
    ["rest.memoryParameters(2)['hard_limit']", 500_000],
  ),
  write(
    'domainSetBlkioParameters',
    ({ rest: dom }) => ({ dom, params: parametersFrom({ weight: { type: 'uint', value: 300 } }), flags: 2 }),
    "rest.setBlkioParameters({'weight': 300}, 2)",
    ["rest.blkioParameters(2)['weight']", 300],
  ),
  write(
    'domainSetNumaParameters',
    ({ rest: dom }) => ({ dom, params: parametersFrom({ numa_nodeset: '0' }), flags: 2 }),
    "rest.setNumaParameters({'numa_nodeset': '0'}, 2)",
    ["rest.numaParameters(2)['numa_nodeset']", '0'],
  ),
  write(
    'domainSetSchedulerParametersFlags',
    ({ rest: dom, driver }) => ({
      dom,
      params: parametersFrom(
        driver === 'qemu'
          ? { vcpu_period: { type: 'ullong', value: 50_000n } }
          : { weight: { type: 'uint', value: 60 } },
      ),
      flags: driver === 'qemu' ? 2 : 0,
    }),
    "rest.setSchedulerParametersFlags({'vcpu_period': 50000}, 2)",
    ["conn.getType() == 'TEST' or rest.schedulerParametersFlags(2)['vcpu_period'] == 50000", true],
  ),
  write(
    'domainSetSchedulerParameters',
    ({ dom, driver }) => ({
      dom,
      params: parametersFrom(
        driver === 'qemu'
          ? { cpu_shares: { type: 'ullong', value: 900n } }
          : { weight: { type: 'uint', value: 70 } },
      ),
    }),
    "dom.setSchedulerParameters({'cpu_shares': 900})",
    ['conn.getType()', 'TEST'],
  ),
  write(
    'domainSetPerfEvents',
    ({ rest: dom }) => ({ dom, params: parametersFrom({ cpu_cycles: true }), flags: 2 }),
    "rest.setPerfEvents({'cpu_cycles': True}, 2)",
    ["rest.perfEvents(2)['cpu_cycles']", true],
  ),
  write(
    'domainSetLifecycleAction',
    ({ rest: dom }) => ({ dom, type: 1, action: 0, flags: 2 }),
    'rest.setLifecycleAction(1, 0, 2)',
    ["'<on_reboot>destroy<' in rest.XMLDesc(2)", true],
  ),
  write(
    'domainSetLaunchSecurityState',
    ({ dom }) => ({ dom, params: parametersFrom({ 'sev-secret': 'AAAA' }), flags: 0 }),
    "dom.setLaunchSecurityState({'sev-secret': 'AAAA'}, 0)",
    ['0', 1],
  ),
  write(
    'domainSetMemoryStatsPeriod',
    ({ dom }) => ({ dom, period: 3, flags: 1 }),
    'dom.setMemoryStatsPeriod(3, 1)',
    ['"<stats period=\'3\'/>" in dom.XMLDesc(0)', true],
  ),
];
