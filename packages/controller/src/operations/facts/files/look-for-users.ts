import { randomUUID } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { type Call, HypervisorError, type HypervisorHost } from '@ferry/hypervisor';
import type { FileNaming, FileUser, Host } from '@ferry/model';
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
  const elsewhere = await lookElsewhere(services, host, paths, call);
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
  call: Call,
): Promise<Elsewhere[]> {
  const others = (await services.store.hosts.list()).filter(({ id }) => id !== host.id);
  const directories = [...new Set(paths.map((path) => dirname(path)))].filter(
    (one) => !one.startsWith('/dev'),
  );
  const found: Elsewhere[] = [];
  for (const directory of directories) {
    const looks = await withProbe(services, host, directory, call, (probe) =>
      Promise.all(others.map((other) => lookAt(services, host, other, directory, probe, paths, call))),
    );
    found.push(...looks.flat());
  }
  return found;
}

/** A small file beside those asked for is there for whoever sees the same directory, and for nobody else. */
async function withProbe<T>(
  services: Services,
  host: Host,
  directory: string,
  call: Call,
  work: (probe: string) => Promise<T>,
): Promise<T> {
  const { storage } = services.hypervisor.host(host.uri);
  const probe = `.ferry-probe-${randomUUID()}`;
  await storage.ensureProbeFile(directory, probe, call);
  try {
    return await work(probe);
  } finally {
    await storage.ensureNoProbeFile(directory, probe, call);
  }
}

/**
 * By each name under which it sees the directory: the same, or another one in which a domain of it has something, as where one
 * host exports what others mount elsewhere. None: it does not see it, or is silent and was never seen to have it.
 */
async function lookAt(
  services: Services,
  host: Host,
  other: Host,
  directory: string,
  probe: string,
  paths: readonly string[],
  call: Call,
): Promise<Elsewhere[]> {
  const there = services.hypervisor.host(other.uri);
  const deadline = { ...call, deadlineMs: services.limits.inspectMs };
  const found: Elsewhere[] = [];
  try {
    for (const at of new Set([directory, ...(await directoriesInUse(there, deadline))])) {
      if (!(await sees(there, at, probe, deadline, at === directory))) continue;
      const beside = paths.map((path) => (dirname(path) === directory ? join(at, basename(path)) : path));
      const images = await HostImages.look(there, beside, deadline);
      found.push({ host: other, directory, at, images, silent: '' });
    }
    return found;
  } catch (error) {
    if (!(error instanceof HypervisorError)) throw error;
    call.signal?.throwIfAborted();
    const shared = await services.store.definitionBackups.sharedDirectories(host.id, other.id);
    if (!shared.has(directory)) return found;
    const silent = `${other.name} had the same directory at ${shared.get(directory)}, and does not tell what it has in it (${error.message})`;
    return [...found, { host: other, directory, at: directory, images: null, silent }];
  }
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
