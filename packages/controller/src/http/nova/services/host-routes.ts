import type { HostRecord } from '../../../store/hosts/host-services.ts';
import { ofAll } from '../../access/access.ts';
import type { App, RouteOptions } from '../../routing/route-options.ts';
import { resourcesOf } from '../hypervisors/hypervisor-view.ts';
import { NovaFault } from '../nova-fault.ts';
import { type Query, valuesOf } from '../paging.ts';
import { spoken } from '../spoken.ts';
import { statusTold } from './service-view.ts';

/** Up to this microversion, and no longer: clients ask for services and hypervisors since. */
const until = 42;

/** Hosts as Nova told of them before they were services and hypervisors. They are changed as services. */
export function oldHostRoutes(app: App, { api }: RouteOptions): void {
  app.get<{ Querystring: Query }>(
    '/os-hosts',
    spoken(ofAll('admin', 'os-hosts:list'), 1, until),
    async ({ query }) => {
      const [zone] = valuesOf(query, 'zone');
      const hosts = (await api.store.hostServices.list())
        .filter((one) => statusTold(one.host) === 'enabled' && (zone === undefined || one.zone === zone))
        .map((one) => ({ host_name: one.host.name, service: 'compute', zone: one.zone }));
      return { hosts };
    },
  );
  app.get<{ Params: { id: string } }>(
    '/os-hosts/:id',
    spoken(ofAll('admin', 'os-hosts:show'), 1, until),
    async ({ params: { id } }) => {
      const record = (await api.store.hostServices.list()).find((one) => one.host.name === id);
      if (record === undefined) throw new NovaFault(404, `Compute host ${id} could not be found.`);
      return { host: resourceRows(record) };
    },
  );
}

/** What it has, what of that is used, and what its instances may use at most. */
function resourceRows(record: HostRecord): object[] {
  const { vcpus, memory_mb, vcpus_used, memory_mb_used } = resourcesOf(record);
  const row = (project: string, cpu: number, memory: number): object => ({
    resource: { host: record.host.name, project, cpu, memory_mb: memory, disk_gb: 0 },
  });
  return [
    row('(total)', vcpus, memory_mb),
    row('(used_now)', vcpus_used, memory_mb_used),
    row('(used_max)', vcpus_used, Math.ceil(record.load.memoryBytes / 1024 ** 2)),
  ];
}
