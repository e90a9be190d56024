import { type Host, placeOfUri } from '@ferry/model';
import type { HostRecord } from '../../../store/hosts/host-services.ts';
import { statusTold } from '../services/service-view.ts';

const mebibyte = 1024 * 1024;

/** A hypervisor as lists tell it. */
export function hypervisorSummary({ host, number }: HostRecord, minor: number): Record<string, unknown> {
  return {
    id: minor >= 53 ? host.id : number,
    hypervisor_hostname: host.name,
    state: host.service.state,
    status: statusTold(host),
  };
}

/** openstackclient 6.0 takes this text apart, and would fail on null; what it does not know it leaves out. */
const untoldUptime = 'libvirt does not tell it';

/** A hypervisor in detail. Since 2.88 no resources are told, and its uptime is: which libvirt does not know. */
export function hypervisorView(record: HostRecord, minor: number): Record<string, unknown> {
  const { host, number, disabledReason } = record;
  return {
    ...hypervisorSummary(record, minor),
    hypervisor_type: host.facts?.hypervisorType ?? 'QEMU',
    hypervisor_version: host.facts?.hypervisorVersion ?? 0,
    host_ip: addressOf(host),
    service: { id: minor >= 53 ? host.id : number, host: host.name, disabled_reason: disabledReason },
    ...(minor >= 88
      ? { uptime: untoldUptime }
      : { ...resourcesOf(record), cpu_info: minor >= 28 ? cpuOf(host) : JSON.stringify(cpuOf(host)) }),
  };
}

/** Sums over all hosts, as GET /os-hypervisors/statistics tells them. */
export function hypervisorStatistics(records: readonly HostRecord[]): Record<string, number> {
  const all = records.map((one) => resourcesOf(one));
  const sum = (name: keyof ReturnType<typeof resourcesOf>): number =>
    all.reduce((total, one) => total + (one[name] ?? 0), 0);
  return {
    count: records.length,
    vcpus: sum('vcpus'),
    memory_mb: sum('memory_mb'),
    local_gb: sum('local_gb'),
    vcpus_used: sum('vcpus_used'),
    memory_mb_used: sum('memory_mb_used'),
    local_gb_used: sum('local_gb_used'),
    free_ram_mb: sum('free_ram_mb'),
    free_disk_gb: sum('free_disk_gb'),
    current_workload: sum('current_workload'),
    running_vms: sum('running_vms'),
    disk_available_least: sum('disk_available_least'),
  };
}

/** Memory as the host itself tells it; of disks it tells nothing, as its guests' may be anywhere. */
export function resourcesOf({
  host,
  load,
}: HostRecord): Record<
  | 'vcpus'
  | 'memory_mb'
  | 'local_gb'
  | 'vcpus_used'
  | 'memory_mb_used'
  | 'local_gb_used'
  | 'free_ram_mb'
  | 'free_disk_gb'
  | 'current_workload'
  | 'running_vms',
  number
> & { disk_available_least: number | null } {
  const memory = host.facts?.memoryBytes ?? 0;
  const free = host.facts?.memoryAvailableBytes ?? 0;
  return {
    vcpus: host.facts?.cpus ?? 0,
    memory_mb: Math.floor(memory / mebibyte),
    local_gb: 0,
    vcpus_used: load.vcpus,
    memory_mb_used: Math.floor((memory - free) / mebibyte),
    local_gb_used: 0,
    free_ram_mb: Math.floor(free / mebibyte),
    free_disk_gb: 0,
    current_workload: load.busy,
    running_vms: load.running,
    disk_available_least: null,
  };
}

function cpuOf({ facts }: Host): Record<string, unknown> {
  return {
    arch: facts?.arch ?? '',
    model: facts?.cpuModel ?? '',
    vendor: '',
    topology: { cells: 1, sockets: 1, cores: facts?.cpus ?? 0, threads: 1 },
    features: [],
  };
}

/** Where its libvirtd is reached; of the controller's own machine the name that it has. */
function addressOf({ uri, facts, name }: Host): string {
  return placeOfUri(uri)?.name ?? facts?.hostname ?? name;
}
