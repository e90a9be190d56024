import type { HostRecord } from '../../../store/hosts/host-services.ts';
import type { Api } from '../../routing/api.ts';
import { ofAll } from '../../access/access.ts';
import type { App, RouteOptions } from '../../routing/route-options.ts';
import { microsecondsTime } from '../nova-time.ts';
import { computeBinary, statusTold } from '../services/service-view.ts';
import { spoken } from '../spoken.ts';

/** Availability zones: for everybody by name, for administrators with their hosts. */
export function zoneRoutes(app: App, { api }: RouteOptions): void {
  app.get('/os-availability-zone', spoken(ofAll('reader', 'os-availability-zone:list')), () => list(api));
  app.get('/os-availability-zone/detail', spoken(ofAll('admin', 'os-availability-zone:detail')), () =>
    detail(api),
  );
}

async function list(api: Api): Promise<object> {
  return { availabilityZoneInfo: (await zones(api)).map((one) => ({ ...one.view, hosts: null })) };
}

async function detail(api: Api): Promise<object> {
  const all = await zones(api);
  return {
    availabilityZoneInfo: all.map(({ view, records }) => ({
      ...view,
      hosts: Object.fromEntries(records.map(({ host }) => [host.name, { [computeBinary]: stateOf(host) }])),
    })),
  };
}

/** Zones by their names; one is available when a host of it is enabled. */
async function zones(api: Api): Promise<{ view: object; records: HostRecord[] }[]> {
  const records = await api.store.hostServices.list();
  const names = [...new Set(records.map(({ zone }) => zone))].toSorted();
  return names.map((zoneName) => {
    const inside = records.filter(({ zone }) => zone === zoneName);
    const available = inside.some(({ host }) => statusTold(host) === 'enabled');
    return { view: { zoneName, zoneState: { available } }, records: inside };
  });
}

function stateOf(host: HostRecord['host']): Record<string, unknown> {
  const { lastSeenAt, state } = host.service;
  return {
    available: state === 'up',
    active: statusTold(host) === 'enabled',
    updated_at: lastSeenAt === null ? null : microsecondsTime(lastSeenAt),
  };
}
