import { basename, dirname, join } from 'node:path';
import { type Call, HypervisorError, type HypervisorHost } from '@ferry/hypervisor';
import type { FileNaming, FileUser, Host } from '@ferry/model';
import { DirectoryProbe } from './directory-probe.ts';
import { HostImages } from '../base-images/host-images.ts';
import type { Services } from '../../engine/services.ts';
import { movesWithFile } from './moves-with-file.ts';

/** Who asks: what is his own is no use by somebody else. */
export interface Asking {
  readonly instanceId: string;
  /** Null: it is no migration that asks. */
  readonly migrationId: string | null;
  /** Set: other migrations do not count. One that waits for a file has nothing of half of it. */
  readonly moves?: 'do-not-count';
  /** The volume of the catalogue that the file is. */
  readonly volumeId?: string;
  /** Set: right before something is deleted, all hosts are asked anew which directories they see. */
  readonly anew?: true;
}

/**
 * Who has files of a host: all its domains and those of every host that sees the same directory, running or not, in whatever
 * description; images that stand on them; other migrations; and the catalogue of volumes. Throws where the host itself does
 * not answer; what else cannot be known is told with each file.
 */
export async function lookForUsers(
  services: Services,
  host: Host,
  paths: readonly string[],
  asking: Asking,
  call: Call,
): Promise<FileNaming[]> {
  if (paths.length === 0) return [];
  const here = await HostImages.look(services.hypervisor.host(host.uri), paths, call);
  const elsewhere = await lookElsewhere(services, host, paths, asking.anew === true, call);
  return Promise.all(
    paths.map(async (path): Promise<FileNaming> => {
      const own = usersOn(host, here, path, { ...asking, also: paths });
      const others = elsewhere.filter(({ directory }) => directory === dirname(path));
      const there = others.map(({ host: other, at, images, silent }) => {
        if (images === null) return { users: [], unknown: [silent] };
        // By the names that the files have there.
        const also = paths.map((one) => (dirname(one) === dirname(path) ? join(at, basename(one)) : one));
        return usersOn(other, images, join(at, basename(path)), { instanceId: null, also });
      });
      return {
        host: host.name,
        path,
        users: [
          ...own.users,
          ...there.flatMap(({ users }) => users),
          ...(asking.moves === undefined ? await movesWithFile(services, host.id, path, asking) : []),
          ...(await volumesAt(services, host, path, asking, call)),
        ],
        unknown: [...own.unknown, ...there.flatMap(({ unknown }) => unknown)],
      };
    }),
  );
}

type Users = Pick<FileNaming, 'users' | 'unknown'>;

function usersOn(
  { name: host }: Host,
  images: HostImages,
  path: string,
  { instanceId, also }: { readonly instanceId: string | null; readonly also: readonly string[] },
): Users {
  const domains = images.namedBy(path).filter(({ id }) => id !== instanceId);
  // What goes together does not keep itself.
  const overlays = images.overlays(path).filter((one) => !also.includes(one));
  const dark = images.darkAt(path);
  return {
    users: [
      ...domains.map((one): FileUser => ({ ...one, kind: 'domain', host })),
      ...overlays.map((overlay): FileUser => ({ kind: 'image', path: overlay, host })),
    ],
    unknown: [
      ...(dark === null ? [] : [`what stands beside it on ${host} cannot be read (${dark})`]),
      ...images
        .unread()
        .filter(({ id }) => id !== instanceId)
        .map(({ what }) => `on ${host} ${what}`),
      ...images
        .unseen()
        .filter(({ id, disk }) => id !== instanceId && images.darkAt(disk) === null && mayStand(disk))
        .map(({ domain, disk }) => `what ${disk} of ${domain} on ${host} stands on cannot be seen`),
    ],
  };
}

/** A file whose directory was read and that is not there stands on nothing; of what is no file nobody sees it. */
function mayStand(disk: string): boolean {
  return !disk.startsWith('/') || disk.startsWith('/dev/');
}

/** Another host that sees a directory: its domains; null where it does not answer, and is known to have had the same one. */
interface Elsewhere {
  readonly host: Host;
  readonly directory: string;
  /** Where it sees it. */
  readonly at: string;
  readonly images: HostImages | null;
  readonly silent: string;
}

async function lookElsewhere(
  services: Services,
  host: Host,
  paths: readonly string[],
  anew: boolean,
  call: Call,
): Promise<Elsewhere[]> {
  const others = (await services.store.hosts.list()).filter(({ id }) => id !== host.id);
  const directories = [...new Set(paths.map((path) => dirname(path)))].filter(
    (one) => !one.startsWith('/dev'),
  );
  const found: Elsewhere[] = [];
  for (const directory of directories) {
    const probe = new DirectoryProbe(services.hypervisor.host(host.uri), directory, call);
    try {
      const where = { host, directory, probe, anew };
      const looks = others.map((other) => lookAt(services, where, other, paths, call));
      found.push(...(await Promise.all(looks)).flat());
    } finally {
      await probe.remove();
    }
  }
  return found;
}

/** A directory of a host that others may see, too. */
interface Seen {
  readonly host: Host;
  readonly directory: string;
  readonly probe: DirectoryProbe;
  readonly anew: boolean;
}

/** What a host has in a directory that it sees, by each name. None: it does not see it, or is silent and was never seen to have it. */
async function lookAt(
  services: Services,
  seen: Seen,
  other: Host,
  paths: readonly string[],
  call: Call,
): Promise<Elsewhere[]> {
  const { host, directory } = seen;
  const there = services.hypervisor.host(other.uri);
  const deadline = { ...call, deadlineMs: services.limits.inspectMs };
  const found: Elsewhere[] = [];
  try {
    for (const at of await namesAt(services, seen, other, deadline)) {
      const beside = paths.map((path) => (dirname(path) === directory ? join(at, basename(path)) : path));
      const images = await HostImages.look(there, beside, deadline);
      found.push({ host: other, directory, at, images, silent: '' });
    }
    return found;
  } catch (error) {
    if (!(error instanceof HypervisorError)) throw error;
    call.signal?.throwIfAborted();
    seen.probe.throwIfFailed();
    const shared = await services.store.definitionBackups.sharedDirectories(host.id, other.id);
    if (!shared.has(directory)) return found;
    const silent = `${other.name} had the same directory at ${shared.get(directory)}, and does not tell what it has in it (${error.message})`;
    return [...found, { host: other, directory, at: directory, images: null, silent }];
  }
}

/**
 * Each name under which a host sees the directory: the same, or another one in which a domain of it has something, as where one
 * host exports what others mount elsewhere. Directories are not mounted anew for each guest of a drain: what was found is kept for a
 * while, unless it is the last look before a deletion.
 */
async function namesAt(
  services: Services,
  { host, directory, probe, anew }: Seen,
  other: Host,
  call: Call,
): Promise<readonly string[]> {
  const there = services.hypervisor.host(other.uri);
  const ask = async (): Promise<readonly string[]> => {
    const names: string[] = [];
    for (const at of new Set([directory, ...(await directoriesInUse(there, call))]))
      if (await sees(there, at, await probe.name(), call, at === directory)) names.push(at);
    return names;
  };
  if (anew) return ask();
  return (await services.directoryNames.of(JSON.stringify([host.id, other.id, directory]), ask)) ?? [];
}

/** Directories in which domains of a host have disks, and those that they share with it. */
async function directoriesInUse({ storage }: HypervisorHost, call: Call): Promise<string[]> {
  const domains = await storage.inUse(call);
  const files = domains.flatMap(({ paths }) => paths.filter((path) => path.startsWith('/')));
  const all = [
    ...files.map((path) => dirname(path)),
    ...domains.flatMap(({ directories }) => directories.map((one) => join(one))),
  ];
  return all.filter((one) => !one.startsWith('/dev'));
}

/** One in which nobody may look, and that has another name than what is asked for, is passed by. */
async function sees(
  { storage }: HypervisorHost,
  directory: string,
  probe: string,
  call: Call,
  isSameName: boolean,
): Promise<boolean> {
  try {
    return await storage.seesProbeFile(directory, probe, call);
  } catch (error) {
    if (isSameName || !(error instanceof HypervisorError)) throw error;
    if (error.code === 'unreachable' || error.code === 'deadline' || error.code === 'aborted') throw error;
    return false;
  }
}

/** Volumes of the catalogue that the file is; one that only the asking instance has goes where it goes. */
async function volumesAt(
  { store, hypervisor }: Services,
  { id, uri }: Host,
  path: string,
  { instanceId, volumeId }: Asking,
  call: Call,
): Promise<FileUser[]> {
  const found: FileUser[] = [];
  for (const { volume, attachments } of await store.catalogue.list()) {
    const { place } = volume;
    if (place.kind !== 'pool' || place.name !== basename(path) || !volume.hostIds.includes(id)) continue;
    if (volume.id === volumeId) continue;
    if (attachments.length > 0 && attachments.every((one) => one.instanceId === instanceId)) continue;
    if ((await hypervisor.host(uri).pools.volumePath(place.pool, place.name, call)) !== path) continue;
    found.push({ kind: 'volume', id: volume.id, name: volume.name });
  }
  return found;
}
