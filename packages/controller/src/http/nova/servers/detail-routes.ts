import type { GuestStatistics } from '@ferry/hypervisor';
import type { FastifyRequest } from 'fastify';
import { instanceGroups } from '../../../operations/security-groups/instance-groups.ts';
import { readStatistics } from '../../../operations/servers/read-guest.ts';
import type { ServerRecord } from '../../../store/instances/server-record.ts';
import { inProject } from '../../access/access.ts';
import { groupBody } from '../../ferry/views/security-group-view.ts';
import type { Api, App, RouteOptions } from '../../routing/api.ts';
import { spoken } from '../microversions.ts';
import { NovaFault } from '../nova-fault.ts';
import { findServer } from './find-server.ts';
import { securityGroupView } from './flavor-view.ts';
import { addressesOf } from './server-addresses.ts';

const kibPerMib = 1024;

/** What the hypervisor tells of a guest, since 2.48 in one form for all of Nova's drivers. */
function diagnosticsView(
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
function olderDiagnosticsView(
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

type OfServer = { Params: { id: string } };
type OfNetwork = { Params: { id: string; network: string } };

/** What belongs to a server: its addresses, interfaces, security groups, and what its hypervisor tells of it. */
export function detailRoutes(app: App, { api }: RouteOptions): void {
  const path = '/servers/:id';
  app.get<OfServer>(`${path}/ips`, spoken(inProject('reader', 'ips:index')), (request) =>
    showAddresses(request, api),
  );
  app.get<OfNetwork>(`${path}/ips/:network`, spoken(inProject('reader', 'ips:show')), (request) =>
    showNetwork(request, api),
  );
  app.get<OfServer>(
    `${path}/os-interface`,
    spoken(inProject('reader', 'os-attach-interfaces:list')),
    (request) => showInterfaces(request, api),
  );
  app.post<OfServer>(
    `${path}/os-interface`,
    spoken(inProject('member', 'os-attach-interfaces:create')),
    refusePort,
  );
  app.delete<OfServer>(
    `${path}/os-interface/:port`,
    spoken(inProject('member', 'os-attach-interfaces:delete')),
    refusePort,
  );
  app.get<OfServer>(
    `${path}/os-security-groups`,
    spoken(inProject('reader', 'os-security-groups:list')),
    (request) => showGroups(request, api),
  );
  app.get<OfServer>(
    `${path}/topology`,
    spoken(inProject('reader', 'compute:server:topology:index'), 78),
    async (request) => {
      await findServer(request, api, request.params.id);
      // What a flavor's extra specs asked for, which change nothing here: Nova's words for none.
      return { nodes: [], pagesize_kb: null };
    },
  );
  passwordRoutes(app, api);
  app.get<OfServer>(`${path}/diagnostics`, spoken(inProject('admin', 'os-server-diagnostics')), (request) =>
    showDiagnostics(request, api),
  );
}

/** The password that a guest hands to Nova's metadata service, encrypted: there is no such service, and so there is none. */
function passwordRoutes(app: App, api: Api): void {
  const path = '/servers/:id/os-server-password';
  app.get<OfServer>(path, spoken(inProject('reader', 'os-server-password:show')), async (request) => {
    await findServer(request, api, request.params.id);
    return { password: '' };
  });
  app.delete<OfServer>(
    path,
    spoken(inProject('member', 'os-server-password:clear')),
    async (request, reply) => {
      await findServer(request, api, request.params.id);
      return reply.code(204).send();
    },
  );
}

function refusePort(): never {
  throw new NovaFault(
    501,
    'Interfaces come and go with their servers alone: Ferry has no ports. Name the networks when the server is created.',
  );
}

async function showAddresses(request: FastifyRequest<OfServer>, api: Api): Promise<object> {
  return { addresses: addressesByNetwork(await findServer(request, api, request.params.id)) };
}

async function showNetwork(request: FastifyRequest<OfNetwork>, api: Api): Promise<object> {
  const { id, network } = request.params;
  const found = addressesByNetwork(await findServer(request, api, id))[network];
  if (found === undefined) throw new NovaFault(404, 'Instance is not a member of specified network');
  return { [network]: found };
}

function addressesByNetwork(server: ServerRecord): Record<string, object[]> {
  const networks: Record<string, object[]> = {};
  for (const { network, version, address } of addressesOf(server))
    networks[network] = [...(networks[network] ?? []), { version, addr: address }];
  return networks;
}

/** Ferry has no ports and networks with ids: a card is known by its address, a network by its name. */
async function showInterfaces(request: FastifyRequest<OfServer>, api: Api): Promise<object> {
  const server = await findServer(request, api, request.params.id);
  const addresses = addressesOf(server);
  const interfaceAttachments = (server.devices?.interfaces ?? []).map(({ mac, network }) => ({
    net_id: network,
    port_id: mac,
    mac_addr: mac,
    port_state: server.instance.powerState === 'running' ? 'ACTIVE' : 'DOWN',
    fixed_ips: addresses
      .filter((one) => one.mac === mac)
      .map(({ address }) => ({ subnet_id: network, ip_address: address })),
    ...(request.microversion >= 70 ? { tag: null } : {}),
  }));
  return { interfaceAttachments };
}

async function showGroups(request: FastifyRequest<OfServer>, api: Api): Promise<object> {
  const { instance, profile } = await findServer(request, api, request.params.id);
  const { firewall } = await instanceGroups(api.services, instance.id);
  return {
    security_groups: firewall.groups.map((group) => securityGroupView(groupBody(group), profile.projectId)),
  };
}

async function showDiagnostics(request: FastifyRequest<OfServer>, api: Api): Promise<object> {
  const server = await findServer(request, api, request.params.id);
  const statistics = await readStatistics(api.services, server.instance.id);
  return request.microversion >= 48
    ? diagnosticsView(server, statistics)
    : olderDiagnosticsView(server, statistics);
}
