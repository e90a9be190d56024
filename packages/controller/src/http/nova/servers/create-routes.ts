import { randomInt } from 'node:crypto';
import { type Caller, hasRole, reservationOfFirst } from '@ferry/model';
import type { NetworkWish, NewServer } from '../../../operations/create-instance/new-server.ts';
import { submitCreate } from '../../../operations/create-instance/submit-create.ts';
import { submitDelete } from '../../../operations/servers/submit-delete.ts';
import { inProject } from '../../access/access.ts';
import { publicUrl } from '../../openstack/public-url.ts';
import type { App, RouteOptions } from '../../routing/api.ts';
import { spoken } from '../microversions.ts';
import { NovaFault, requireRole } from '../nova-fault.ts';
import { isYes, requireBody } from '../require-body.ts';
import { askedBy, findServer } from './find-server.ts';
import { newServerSchema } from './new-server-schema.ts';
import { readAccessAddresses } from './server-addresses.ts';

/** The body of `POST /servers`, when it is as its schema says. */
interface NewServerBody {
  readonly server: {
    readonly name: string;
    readonly flavorRef: string | number;
    readonly imageRef?: string;
    readonly networks?: string | readonly NetworkBody[];
    readonly metadata?: Readonly<Record<string, string>>;
    readonly availability_zone?: string;
    readonly key_name?: string | null;
    readonly security_groups?: readonly { readonly name?: string }[];
    readonly user_data?: string | null;
    readonly config_drive?: boolean | string | null;
    readonly min_count?: number | string;
    readonly max_count?: number | string;
    readonly return_reservation_id?: boolean | string;
    readonly block_device_mapping?: readonly object[];
    readonly block_device_mapping_v2?: readonly Readonly<Record<string, unknown>>[];
    readonly personality?: readonly object[];
    readonly adminPass?: string;
    readonly accessIPv4?: string;
    readonly accessIPv6?: string;
    readonly description?: string | null;
    readonly tags?: readonly string[];
    readonly trusted_image_certificates?: readonly string[] | null;
    readonly host?: string;
    readonly hypervisor_hostname?: string;
    readonly hostname?: string;
    readonly 'OS-DCF:diskConfig'?: string;
  };
  readonly 'os:scheduler_hints'?: HintsBody;
  readonly 'OS-SCH-HNT:scheduler_hints'?: HintsBody;
}

interface NetworkBody {
  readonly uuid?: string;
  readonly fixed_ip?: string;
  readonly port?: string | null;
  readonly tag?: string;
}

interface HintsBody {
  readonly group?: string;
  readonly same_host?: string | readonly string[];
  readonly different_host?: string | readonly string[];
}

/** What is asked for, in Ferry's words. Refuses all that Ferry does not do, in one answer. */
function readNewServer(body: NewServerBody, caller: Caller, zoneOfAny: string): NewServer {
  const { server } = body;
  const problems = notDone(server);
  if (problems.length > 0) throw new NovaFault(400, problems.join(' '));
  const hints = body['os:scheduler_hints'] ?? body['OS-SCH-HNT:scheduler_hints'] ?? {};
  const { accessIpv4 = null, accessIpv6 = null } = readAccessAddresses(server);
  const counts = countsOf(server);
  const { zone, host } = placeOf(server, caller, zoneOfAny);
  return {
    name: server.name.trim(),
    imageId: imageOf(server),
    flavorId: String(server.flavorRef),
    networks: networksOf(server.networks),
    securityGroups: (server.security_groups ?? []).flatMap((group) => group.name ?? []),
    metadata: server.metadata ?? {},
    tags: [...new Set(server.tags ?? [])],
    description: server.description ?? null,
    hostname: server.hostname ?? null,
    keyName: server.key_name ?? null,
    accessIpv4,
    accessIpv6,
    userData: server.user_data == null || server.user_data === '' ? null : server.user_data,
    configDrive: isYes(server.config_drive ?? false),
    adminPassword: server.adminPass ?? null,
    zone,
    host,
    hints: {
      group: hints.group ?? null,
      sameHost: [hints.same_host ?? []].flat(),
      differentHost: [hints.different_host ?? []].flat(),
    },
    ...counts,
  };
}

type Server = NewServerBody['server'];

/** What would be promised and not kept. */
function notDone(server: Server): string[] {
  const networks = typeof server.networks === 'string' ? [] : (server.networks ?? []);
  const tests: readonly [boolean, string][] = [
    [
      (server.block_device_mapping?.length ?? 0) > 0 || (server.block_device_mapping_v2 ?? []).some(isVolume),
      'Ferry creates instances on images alone: block_device_mapping of volumes, snapshots and blank disks is not done.',
    ],
    [networks.some(({ port }) => port != null), 'Ferry has no ports: name networks by uuid.'],
    [
      networks.some(({ fixed_ip: address }) => address !== undefined),
      'Ferry gives no addresses: fixed_ip is not done.',
    ],
    [(server.personality?.length ?? 0) > 0, 'personality is not done: use user_data.'],
    [
      (server.trusted_image_certificates?.length ?? 0) > 0,
      'Ferry checks no certificates of images: leave trusted_image_certificates away.',
    ],
  ];
  return tests.filter(([isAsked]) => isAsked).map(([, message]) => message);
}

/** Clients also say by a mapping that the image is the first disk, which it is anyway. */
function isVolume(mapping: Readonly<Record<string, unknown>>): boolean {
  const { source_type: source, destination_type: destination, boot_index: index } = mapping;
  return !(source === 'image' && destination === 'local' && Number(index ?? 0) === 0);
}

function imageOf({ imageRef = '' }: Server): string {
  if (imageRef === '')
    throw new NovaFault(400, 'Invalid imageRef provided: Ferry creates instances on images alone.');
  // Old clients send its address.
  return imageRef.split('/').at(-1) ?? imageRef;
}

function networksOf(networks: Server['networks']): NetworkWish {
  if (networks === 'auto' || networks === 'none') return networks;
  if (networks === undefined || typeof networks === 'string' || networks.length === 0) return 'auto';
  return networks.flatMap(({ uuid }) => uuid ?? []);
}

function countsOf(server: Server): { minCount: number; maxCount: number } {
  const minCount = Number(server.min_count ?? 1);
  const maxCount = Number(server.max_count ?? minCount);
  if (minCount > maxCount) throw new NovaFault(400, 'min_count must be <= max_count');
  return { minCount, maxCount };
}

/** `zone`, or of an administrator `zone:host:node`; and since 2.74 a host by name. */
function placeOf(
  server: Server,
  caller: Caller,
  zoneOfAny: string,
): { zone: string | null; host: string | null } {
  const [zone = '', ...named] = (server.availability_zone ?? '').split(':');
  const wanted = [...named, server.host, server.hypervisor_hostname].filter(
    (one): one is string => one !== undefined && one !== '',
  );
  if (named.length > 2)
    throw new NovaFault(400, `Unable to parse availability_zone ${server.availability_zone ?? ''}`);
  if (wanted.length > 0 && !hasRole(caller, 'admin'))
    requireRole(
      caller,
      'admin',
      named.length > 0 ? 'servers:create:forced_host' : 'compute:servers:create:requested_destination',
    );
  const [host = null, ...others] = new Set(wanted);
  if (others.length > 0)
    throw new NovaFault(400, `A host is one node here: ${wanted.join(' and ')} are two.`);
  // Any zone is meant by the one that all hosts are in when nobody has made others.
  return { zone: zone === '' || (zone === zoneOfAny && host !== null) ? null : zone, host };
}

type One = { Params: { id: string } };
/** The zone of hosts that nobody has put into another, as Nova names it. */
const defaultZone = 'nova';

/** Signs of a password of nobody's choice: none that is taken for another. */
const passwordSigns = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789';
const passwordLength = 12;

/** A password as Nova makes one where none is given. */
function newPassword(): string {
  return Array.from({ length: passwordLength }, () => passwordSigns[randomInt(passwordSigns.length)]).join(
    '',
  );
}

/** Servers come and go: POST and DELETE /servers. */
export function createRoutes(app: App, { api }: RouteOptions): void {
  app.post('/servers', spoken(inProject('member', 'servers:create')), async (request, reply) => {
    const schema = newServerSchema(request.microversion);
    const body = requireBody(schema, request.body, '') as NewServerBody;
    if (request.caller.projectId === null)
      throw new NovaFault(400, 'A server belongs to a project, and this token is of none.');
    const said = readNewServer(body, request.caller, defaultZone);
    const password = said.adminPassword ?? newPassword();
    // One that nobody asked for is told to guests that are told things anyway.
    const wanted = said.configDrive ? { ...said, adminPassword: password } : said;
    const servers = await submitCreate(api.services, askedBy(request), wanted);
    for (const { operationId } of servers) await api.start(operationId);
    const id = servers[0]?.instanceId ?? '';
    const base = publicUrl(request);
    const self = `${base}/v2.1/servers/${id}`;
    void reply.code(202).header('Location', self);
    if (isYes(body.server.return_reservation_id ?? false)) return { reservation_id: reservationOfFirst(id) };
    return {
      server: {
        id,
        links: [
          { rel: 'self', href: self },
          { rel: 'bookmark', href: `${base}/servers/${id}` },
        ],
        'OS-DCF:diskConfig': body.server['OS-DCF:diskConfig'] ?? 'MANUAL',
        security_groups: wanted.securityGroups.map((name) => ({ name })),
        adminPass: password,
      },
    };
  });
  app.delete<One>('/servers/:id', spoken(inProject('member', 'servers:delete')), async (request, reply) => {
    const { instance, profile } = await findServer(request, api, request.params.id);
    if (profile.lockedBy !== null && !hasRole(request.caller, 'admin'))
      throw new NovaFault(409, `Instance ${instance.id} is locked`);
    await api.start(submitDelete(api.services, askedBy(request), instance.id));
    return reply.code(204).send();
  });
}
