import {
  type Caller,
  type Flavor,
  hasRole,
  type ImageContent,
  type Instance,
  type Keypair,
  type LibraryImage,
  mayReadImage,
  mayUseFlavor,
  type SecurityGroup,
  type ServerGroup,
} from '@ferry/model';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import type { NewServer } from './new-server.ts';

const gibibyte = 1024 ** 3;

/** All that a new server names, as it stands now. */
export interface ResolvedServer {
  readonly image: LibraryImage;
  readonly content: ImageContent;
  /** `qcow2` or `raw`. */
  readonly format: string;
  readonly flavor: Flavor;
  /** Bytes of the disk that the guest sees. */
  readonly diskBytes: number;
  readonly key: Keypair | null;
  readonly securityGroups: readonly SecurityGroup[];
  readonly serverGroup: ServerGroup | null;
  readonly sameHost: readonly Instance[];
  readonly differentHost: readonly Instance[];
}

/** Looks up what a new server names; refuses with everything that is wrong with it. */
export async function resolveServer(
  services: Services,
  caller: Caller,
  wanted: NewServer,
): Promise<ResolvedServer> {
  const problems: string[] = [];
  const image = await findImage(services, caller, wanted.imageId, problems);
  const flavor = await findFlavor(services, caller, wanted.flavorId, problems);
  const key = await findKey(services, caller, wanted.keyName, problems);
  const securityGroups = await findGroups(services, wanted.securityGroups, problems);
  const serverGroup = await findServerGroup(services, caller, wanted.hints.group, problems);
  const sameHost = await findInstances(services, caller, wanted.hints.sameHost, problems);
  const differentHost = await findInstances(services, caller, wanted.hints.differentHost, problems);
  const content = image?.content ?? null;
  const format = image?.diskFormat ?? '';
  const diskBytes = flavor === null || content === null ? 0 : diskOf(flavor, content);
  if (image !== null && flavor !== null) problems.push(...misfits(image, flavor, diskBytes));
  if (problems.length > 0 || image === null || flavor === null || content === null)
    throw new Refusal('server-refused', problems.join(' '));
  return {
    image,
    content,
    format,
    flavor,
    diskBytes,
    key,
    securityGroups,
    serverGroup,
    sameHost,
    differentHost,
  };
}

async function findImage(
  { store }: Services,
  caller: Caller,
  id: string,
  problems: string[],
): Promise<LibraryImage | null> {
  const image = await store.library.byId(id);
  if (image === null || !mayReadImage(image, caller)) {
    problems.push(`Image ${id} could not be found.`);
    return null;
  }
  if (image.status !== 'active' || image.content === null)
    problems.push(`Image ${id} is not active: it is ${image.status}.`);
  else if (image.diskFormat !== 'qcow2' && image.diskFormat !== 'raw')
    problems.push(
      `Image ${id} is ${image.diskFormat ?? 'of no format'}: instances are created on qcow2 and raw images.`,
    );
  return image;
}

async function findFlavor(
  { store }: Services,
  caller: Caller,
  id: string,
  problems: string[],
): Promise<Flavor | null> {
  const flavor = await store.flavors.byId(id);
  if (flavor === null || !mayUseFlavor(flavor, caller)) {
    problems.push(`Flavor ${id} could not be found.`);
    return null;
  }
  return flavor;
}

async function findKey(
  { store }: Services,
  { userId }: Caller,
  name: string | null,
  problems: string[],
): Promise<Keypair | null> {
  const key = name === null ? null : await store.keypairs.byName(userId, name);
  if (name !== null && key === null)
    problems.push(`Invalid key_name provided: there is no keypair "${name}".`);
  return key;
}

async function findGroups(
  { store }: Services,
  names: readonly string[],
  problems: string[],
): Promise<SecurityGroup[]> {
  const found: SecurityGroup[] = [];
  for (const name of names) {
    const group = await store.securityGroups.byNameOrId(name);
    // Where nobody made a group of that name, it is what a server has that names none, as in OpenStack: here no filter.
    if (group === null && name === 'default') continue;
    if (group === null) problems.push(`Unable to find security_group with name or id '${name}'.`);
    else found.push(group);
  }
  return found;
}

async function findServerGroup(
  { store }: Services,
  caller: Caller,
  id: string | null,
  problems: string[],
): Promise<ServerGroup | null> {
  const group = id === null ? null : await store.serverGroups.byId(id);
  if (id !== null && (group === null || group.projectId !== caller.projectId)) {
    problems.push(`Instance group ${id} could not be found.`);
    return null;
  }
  return group;
}

/** Those of the caller's project; of others nobody is to learn by a hint whether they are, and where. */
async function findInstances(
  { store }: Services,
  caller: Caller,
  ids: readonly string[],
  problems: string[],
): Promise<Instance[]> {
  const found: Instance[] = [];
  for (const id of ids) {
    const instance = await store.instances.byId(id);
    const projectId = instance === null ? null : ((await store.profiles.of(id))?.projectId ?? null);
    const isShown = hasRole(caller, 'admin') || projectId === caller.projectId;
    if (instance === null || !isShown)
      problems.push(`Instance ${id}, named by a scheduler hint, could not be found.`);
    else found.push(instance);
  }
  return found;
}

/** A flavor without a root disk takes what the image says. */
function diskOf({ rootGib }: Flavor, { virtualBytes }: ImageContent): number {
  return rootGib === 0 ? (virtualBytes ?? 0) : rootGib * gibibyte;
}

function misfits(image: LibraryImage, flavor: Flavor, diskBytes: number): string[] {
  const { minMemoryMib, minDiskGib, content } = image;
  const problems: string[] = [];
  if (flavor.memoryMib < minMemoryMib)
    problems.push(
      `Flavor's memory is too small for requested image: it is ${flavor.memoryMib} MiB, the image needs ${minMemoryMib}.`,
    );
  const neededBytes = Math.max(content?.virtualBytes ?? 0, minDiskGib * gibibyte);
  if (content !== null && diskBytes < neededBytes)
    problems.push(
      `Flavor's disk is too small for requested image. Flavor disk is ${diskBytes} bytes, image is ${neededBytes} bytes.`,
    );
  if (flavor.ephemeralGib > 0 || flavor.swapMib > 0)
    problems.push(
      `Flavor ${flavor.name} has ${flavor.ephemeralGib} GiB of ephemeral disk and ${flavor.swapMib} MiB of swap: Ferry makes neither; choose one without.`,
    );
  return problems;
}
