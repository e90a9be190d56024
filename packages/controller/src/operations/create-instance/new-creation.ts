import { createHash, randomUUID } from 'node:crypto';
import {
  type Caller,
  commonMachineType,
  filterNames,
  flavorSnapshot,
  type HostFacts,
  instanceFiles,
  type InstanceProfile,
  libraryBasePath,
  reservationOfFirst,
} from '@ferry/model';
import type { RequestContext } from '../../store/operations/action-store.ts';
import type { NewCreation } from '../../store/creations/creation-store.ts';
import type { CreateInput } from './create-context.ts';
import type { HostSite } from './look-for-hosts.ts';
import type { NewServer } from './new-server.ts';
import type { ResolvedServer } from './resolve-server.ts';

/** Who wants an instance, by which request, and in whose project it will be. */
export interface AskedToCreate extends RequestContext {
  readonly caller: Caller;
}

/**
 * All that is written down of one new instance, on the host that was chosen for it. `place`: its place among those of the
 * same request, and the reservation that the first of them gave it. `all`: what the hosts are that it may come to later.
 */
export function newCreation(
  asked: AskedToCreate,
  wanted: NewServer,
  resolved: ResolvedServer,
  site: HostSite,
  place: { readonly index: number; readonly reservationId: string | null },
  all: readonly HostFacts[],
): NewCreation {
  const id = randomUUID();
  const operationId = randomUUID();
  const { host } = site.candidate;
  const input = inputOf(id, wanted, resolved, site, place.index, all);
  const { memoryBytes, vcpus, name: domainName } = input.domain;
  return {
    instance: {
      id,
      name: input.instanceName,
      hostId: host.id,
      powerState: 'unknown',
      vmState: 'building',
      taskState: 'spawning',
      memoryBytes,
      vcpus,
      generation: 1,
      operationId,
      fault: null,
    },
    profile: profileOf(id, asked, wanted, resolved, input, place.reservationId ?? reservationOfFirst(id)),
    devices: {
      domainName,
      rootDevice: '/dev/vda',
      interfaces: input.domain.interfaces.map(({ mac, source }) => ({ mac, network: source })),
    },
    securityGroupIds: resolved.securityGroups.map((group) => group.id),
    serverGroup: resolved.serverGroup,
    hostName: host.name,
    claim: {
      memoryBytes,
      memoryLimitBytes: site.candidate.facts?.memoryAvailableBytes ?? 0,
      memoryInAllBytes: site.candidate.facts?.memoryBytes ?? 0,
      diskBytes: resolved.diskBytes + site.baseBytes,
      diskLimitBytes: site.availableBytes,
      directory: site.directory,
      basePath: input.base.path,
    },
    operation: { id: operationId, workflow: 'create-instance', input },
    action: {
      asked: { requestId: asked.requestId, userId: asked.userId, projectId: asked.projectId },
      instanceId: id,
      operationId,
      action: 'create',
      event: 'compute__do_build_and_run_instance',
      host: host.name,
    },
  };
}

function inputOf(
  id: string,
  wanted: NewServer,
  resolved: ResolvedServer,
  { candidate: { host, facts }, directory, interfaces, zone }: HostSite,
  index: number,
  all: readonly HostFacts[],
): CreateInput {
  const { flavor, image, content, format, key } = resolved;
  const files = instanceFiles(directory, id);
  const name = wanted.maxCount === 1 ? wanted.name : `${wanted.name}-${index + 1}`;
  const arch = facts?.arch ?? 'x86_64';
  // There is no metadata service: what a guest is to be told, it is told there.
  const tells = [wanted.userData, key, wanted.adminPassword].some((one) => one !== null);
  const hasConfigDrive = wanted.configDrive || tells;
  return {
    instanceId: id,
    instanceName: name,
    host: { id: host.id, name: host.name, uri: host.uri },
    base: {
      imageId: image.id,
      sha256: content.sha256,
      format,
      lengthBytes: content.lengthBytes,
      path: libraryBasePath(directory, content.sha256),
    },
    diskBytes: resolved.diskBytes,
    owner: facts?.qemuOwner ?? null,
    domain: {
      id,
      name: domainNameOf(name, id),
      title: name,
      domainType: facts?.domainTypes.includes('kvm') === true ? 'kvm' : 'qemu',
      arch,
      machineType: commonMachineType(arch, all),
      memoryBytes: flavor.memoryMib * 1024 ** 2,
      vcpus: flavor.vcpus,
      disk: files.disk,
      configDrive: hasConfigDrive ? files.configDrive : null,
      consoleLog: files.consoleLog,
      screenAddress: host.screenAddress,
      interfaces: interfaces.map((one, at) => ({ ...one, mac: macOf(id, at) })),
      filter:
        resolved.securityGroups.length === 0 || interfaces.length === 0 ? null : filterNames.instance(id),
    },
    key: key === null ? null : { name: key.name, type: key.type, publicKey: key.publicKey },
    adminPassword: wanted.adminPassword,
    availabilityZone: zone,
    launchIndex: index,
  };
}

function profileOf(
  id: string,
  asked: AskedToCreate,
  wanted: NewServer,
  { image, flavor, key }: ResolvedServer,
  input: CreateInput,
  reservationId: string,
): InstanceProfile {
  const now = new Date().toISOString();
  return {
    instanceId: id,
    projectId: asked.projectId,
    userId: asked.userId,
    createdAt: now,
    updatedAt: now,
    launchedAt: null,
    description: wanted.description,
    metadata: wanted.metadata,
    tags: wanted.tags,
    lockedBy: null,
    lockedReason: null,
    imageId: image.id,
    flavor: flavorSnapshot(flavor),
    keyName: key?.name ?? null,
    availabilityZone: wanted.zone,
    hostname: wanted.hostname ?? hostnameOf(input.instanceName, id),
    userData: wanted.userData,
    configDrive: input.domain.configDrive !== null,
    failure: null,
    deleteRequestedAt: null,
    accessIpv4: wanted.accessIpv4,
    accessIpv6: wanted.accessIpv6,
    reservationId,
  };
}

/** Names of people need not be unique, those of domains must: the id makes them so. */
function domainNameOf(name: string, id: string): string {
  const plain = name.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[-.]+/, '');
  return `${plain.slice(0, 50) || 'instance'}-${id.slice(0, 8)}`;
}

/** A name as hosts have them, made of what people call it, as Nova makes it. */
function hostnameOf(name: string, id: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[ _]/g, '-')
    .replace(/[^a-z0-9.-]+/g, '')
    .replace(/^[.-]+|[.-]+$/g, '');
  return plain.slice(0, 63) || `server-${id}`;
}

/** In QEMU's own range, and the same for the same interface of the same instance. */
function macOf(id: string, index: number): string {
  const hex = createHash('sha256').update(`${id} ${index}`).digest('hex');
  return `52:54:00:${hex.slice(0, 2)}:${hex.slice(2, 4)}:${hex.slice(4, 6)}`;
}
