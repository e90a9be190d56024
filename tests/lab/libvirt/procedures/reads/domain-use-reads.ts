import { MemoryStatTag } from '@ferry/libvirt';
import { type Case, read } from '../case.ts';

/** What python calls the tags of memory statistics. */
const memoryTags: Readonly<Record<string, string>> = {
  actualBalloon: 'actual',
  swapIn: 'swap_in',
  swapOut: 'swap_out',
  majorFault: 'major_fault',
  minorFault: 'minor_fault',
  lastUpdate: 'last_update',
  diskCaches: 'disk_caches',
  hugetlbPgalloc: 'hugetlb_pgalloc',
  hugetlbPgfail: 'hugetlb_pgfail',
};

function tagName(tag: number): string {
  const [name = `${tag}`] = Object.entries(MemoryStatTag).find(([, number]) => number === tag) ?? [];
  return memoryTags[name] ?? name;
}

/** What domains use, and their disks, jobs and guests. */
export const domainUseReads: readonly Case[] = [
  read('domainBlockStats', ({ dom }) => ({ dom, path: 'vda' }), "dom.blockStats('vda')", {
    as: ({ rdReq, rdBytes, wrReq, wrBytes, errs }) => [rdReq, rdBytes, wrReq, wrBytes, errs],
  }),
  read(
    'domainBlockStatsFlags',
    ({ dom }) => ({ dom, path: 'vda', nparams: 16, flags: 0 }),
    "dom.blockStatsFlags('vda', 0)",
  ),
  read(
    'domainBlockStatsFlags',
    ({ dom }) => ({ dom, path: 'vda', nparams: 0, flags: 0 }),
    "len(dom.blockStatsFlags('vda', 0))",
    {
      as: ({ nparams }) => nparams,
    },
  ),
  read('domainInterfaceStats', ({ dom }) => ({ dom, device: 'probe0' }), "dom.interfaceStats('probe0')", {
    as: (stats) => [
      stats.rxBytes,
      stats.rxPackets,
      stats.rxErrs,
      stats.rxDrop,
      stats.txBytes,
      stats.txPackets,
      stats.txErrs,
      stats.txDrop,
    ],
  }),
  // Where the firmware is, which nobody writes to.
  read(
    'domainMemoryPeek',
    ({ dom }) => ({ dom, offset: 0xffff0n, size: 16, flags: 2 }),
    'dom.memoryPeek(0xffff0, 16, 2)',
  ),
  read('domainMemoryStats', ({ dom }) => ({ dom, maxStats: 13, flags: 0 }), 'dom.memoryStats()', {
    as: ({ stats }) => Object.fromEntries(stats.map(({ tag, val }) => [tagName(tag), val])),
    drifts: true,
  }),
  read(
    'domainGetCpuStats',
    ({ dom }) => ({ dom, nparams: 16, startCpu: -1, ncpus: 1, flags: 0 }),
    'dom.getCPUStats(True, 0)',
    {
      as: ({ params }) => [params],
    },
  ),
  read('domainGetBlockInfo', ({ dom }) => ({ dom, path: 'vdb', flags: 0 }), "dom.blockInfo('vdb', 0)", {
    as: ({ allocation, capacity, physical }) => [capacity, allocation, physical],
    virsh: [
      'domblkinfo probe vdb',
      ({ allocation, capacity, physical }) => [
        `Capacity: ${capacity}`,
        `Allocation: ${allocation}`,
        `Physical: ${physical}`,
      ],
    ],
  }),
  read(
    'domainBlockPeek',
    ({ dom }) => ({ dom, path: 'vdb', offset: 6n, size: 16, flags: 0 }),
    "dom.blockPeek('vdb', 6, 16, 0)",
  ),
  read('domainGetBlockJobInfo', ({ dom }) => ({ dom, path: 'vda', flags: 0 }), "dom.blockJobInfo('vda', 0)", {
    as: ({ found }) => (found ? 'a job' : {}),
  }),
  read('domainGetDiskErrors', ({ dom }) => ({ dom, maxerrors: 2, flags: 0 }), 'dom.diskErrors(0)', {
    as: ({ errors }) => Object.fromEntries(errors.map(({ disk, error }) => [disk, error])),
  }),
  read('domainGetJobInfo', ({ dom }) => ({ dom }), 'dom.jobInfo()', { as: (info) => Object.values(info) }),
  read('domainGetJobStats', ({ dom }) => ({ dom, flags: 0 }), 'dom.jobStats(0)', {
    as: ({ type, params }) => [{ field: 'type', value: type }, ...params],
  }),
  read('domainMigrateGetMaxSpeed', ({ dom }) => ({ dom, flags: 0 }), 'dom.migrateGetMaxSpeed(0)', {
    virsh: ['migrate-getspeed probe', ({ bandwidth }) => `${bandwidth}`],
  }),
  read('domainMigrateGetMaxDowntime', ({ dom }) => ({ dom, flags: 0 }), 'dom.migrateGetMaxDowntime(0)', {
    virsh: ['migrate-getmaxdowntime probe', ({ downtime }) => `${downtime}`],
  }),
  read(
    'domainMigrateGetCompressionCache',
    ({ dom }) => ({ dom, flags: 0 }),
    'dom.migrateGetCompressionCache(0)',
  ),
  read('domainGetHostname', ({ dom }) => ({ dom, flags: 0 }), 'dom.hostname(0)'),
  read('domainGetTime', ({ dom }) => ({ dom, flags: 0 }), 'dom.getTime(0)', { as: (time) => time }),
  read('domainGetFsinfo', ({ dom }) => ({ dom, flags: 0 }), 'dom.fsInfo(0)', {
    as: ({ info }) =>
      info.map(({ mountpoint, name, fstype, devAliases }) => [mountpoint, name, fstype, devAliases]),
  }),
  read(
    'domainInterfaceAddresses',
    ({ dom }) => ({ dom, source: 0, flags: 0 }),
    'dom.interfaceAddresses(0, 0)',
    {
      as: ({ ifaces }) =>
        Object.fromEntries(
          ifaces.map(({ name, hwaddr, addrs }) => [
            name,
            { hwaddr, addrs: addrs.map(({ type, addr, prefix }) => ({ type, addr, prefix })) },
          ]),
        ),
    },
  ),
  read('domainGetGuestVcpus', ({ dom }) => ({ dom, flags: 0 }), 'dom.guestVcpus(0)'),
  read('domainGetGuestInfo', ({ dom }) => ({ dom, types: 0, flags: 0 }), 'dom.guestInfo(0, 0)'),
  read(
    'domainAuthorizedSshKeysGet',
    ({ dom }) => ({ dom, user: 'root', flags: 0 }),
    "dom.authorizedSSHKeysGet('root', 0)",
  ),
  // The number of the question is in the answer.
  read(
    'qemuDomainMonitorCommand',
    ({ dom }) => ({ dom, cmd: '{"execute":"query-name"}', flags: 0 }),
    `json.loads(libvirt_qemu.qemuMonitorCommand(dom, '{"execute":"query-name"}', 0))['return']`,
    { as: ({ result }) => (JSON.parse(result) as { return: unknown }).return },
  ),
  read('domainHasManagedSaveImage', ({ rest: dom }) => ({ dom, flags: 0 }), 'rest.hasManagedSaveImage(0)'),
];
