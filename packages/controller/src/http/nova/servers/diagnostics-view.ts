import type { GuestStatistics } from '@ferry/hypervisor';
import type { ServerRecord } from '../../../store/instances/server-record.ts';

const kibPerMib = 1024;

/** What the hypervisor tells of a guest, since 2.48 in one form for all of Nova's drivers. */
export function diagnosticsView(
  { instance, profile, devices }: ServerRecord,
  statistics: GuestStatistics,
): Record<string, unknown> {
  const { vcpuTimesNs, disks, interfaces, memoryMaximumKib, memoryUsedKib } = statistics;
  return {
    state: instance.powerState,
    driver: 'libvirt',
    hypervisor: 'qemu',
    hypervisor_os: 'linux',
    uptime: null,
    config_drive: profile.configDrive,
    num_cpus: vcpuTimesNs.length,
    num_nics: interfaces.length,
    num_disks: disks.length,
    disk_details: disks.map((disk) => ({
      read_bytes: disk.readBytes,
      read_requests: disk.readRequests,
      write_bytes: disk.writeBytes,
      write_requests: disk.writeRequests,
      errors_count: -1,
    })),
    cpu_details: vcpuTimesNs.map((time, id) => ({ id, time: Number(time), utilisation: null })),
    nic_details: interfaces.map((card, index) => ({
      mac_address: devices?.interfaces[index]?.mac ?? null,
      rx_octets: card.receivedBytes,
      rx_errors: card.receiveErrors,
      rx_drop: card.receiveDrops,
      rx_packets: card.receivedPackets,
      rx_rate: null,
      tx_octets: card.sentBytes,
      tx_errors: card.sendErrors,
      tx_drop: card.sendDrops,
      tx_packets: card.sentPackets,
      tx_rate: null,
    })),
    memory_details: {
      maximum: Math.round((memoryMaximumKib ?? 0) / kibPerMib),
      used: Math.round((memoryUsedKib ?? 0) / kibPerMib),
    },
  };
}

/** Up to 2.47: what Nova's libvirt driver told, in its names. */
export function olderDiagnosticsView(
  { devices }: ServerRecord,
  { vcpuTimesNs, disks, interfaces, memoryMaximumKib, memoryUsedKib }: GuestStatistics,
): Record<string, number> {
  const view: Record<string, number> = {};
  for (const [id, time] of vcpuTimesNs.entries()) view[`cpu${id}_time`] = Number(time);
  const root = devices?.rootDevice?.replace('/dev/', '') ?? 'vda';
  for (const [index, disk] of disks.entries()) {
    const name = index === 0 ? root : `disk${index}`;
    view[`${name}_read_req`] = disk.readRequests;
    view[`${name}_read`] = disk.readBytes;
    view[`${name}_write_req`] = disk.writeRequests;
    view[`${name}_write`] = disk.writeBytes;
    view[`${name}_errors`] = -1;
  }
  for (const [index, card] of interfaces.entries()) {
    view[`vnet${index}_rx`] = card.receivedBytes;
    view[`vnet${index}_rx_packets`] = card.receivedPackets;
    view[`vnet${index}_tx`] = card.sentBytes;
    view[`vnet${index}_tx_packets`] = card.sentPackets;
  }
  if (memoryMaximumKib !== null) view['memory'] = memoryMaximumKib;
  if (memoryUsedKib !== null) view['memory-rss'] = memoryUsedKib;
  return view;
}
