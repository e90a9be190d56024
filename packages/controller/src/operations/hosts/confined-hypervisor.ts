import {
  type FileReceiver,
  type FileSender,
  type Hypervisor,
  type HypervisorHost,
  readPoolDescription,
} from '@ferry/hypervisor';
import type { PathUse } from '@ferry/model';
import { ofTarget, replacing } from '../engine/replacing.ts';

/** Throws for a path of a host, by its URI, that is left alone. */
export type RequirePath = (uri: string, path: string, use: PathUse) => Promise<void>;

type Storage = HypervisorHost['storage'];
type Shell = NonNullable<HypervisorHost['shell']>;

/**
 * The same hosts, whose files are only touched where guests may have some. Whatever names a path to Ferry (a move, a setting,
 * a definition, the header of an image, the log of an operation), it is written, read and listed by here.
 */
export function confinedHypervisor(hypervisor: Hypervisor, require: RequirePath): Hypervisor {
  return {
    host: (uri) => confined(hypervisor.host(uri), (path, use) => require(uri, path, use)),
    close: () => hypervisor.close(),
  };
}

type Require = (path: string, use: PathUse) => Promise<void>;

function confined(host: HypervisorHost, require: Require): HypervisorHost {
  // Parts are looked up when they are asked for: a host may have none of them.
  const parts: Readonly<Record<string, () => unknown>> = {
    storage: () => replacing(host.storage, storageOf(host.storage, require)),
    overlays: () => replacing(host.overlays, overlaysOf(host, require)),
    pools: () => replacing(host.pools, poolsOf(host, require)),
    shell: () => (host.shell === null ? null : replacing(host.shell, shellOf(host.shell, require))),
  };
  return new Proxy(host, {
    get: (_, property): unknown =>
      typeof property === 'string' && Object.hasOwn(parts, property)
        ? parts[property]?.()
        : ofTarget(host, property),
  });
}

/** A path that stands for all in a directory. */
const within = (directory: string): string => `${directory.replace(/\/+$/, '')}/any`;

function storageOf(storage: Storage, require: Require): Partial<Storage> {
  return {
    image: async (path, call) => {
      await require(path, 'read');
      return storage.image(path, call);
    },
    inside: async (image, call) => {
      await require(image.path, 'read');
      return storage.inside(image, call);
    },
    rawImage: async (path, call) => {
      await require(path, 'read');
      return storage.rawImage(path, call);
    },
    chain: async (path, format, call) => {
      await require(path, 'read');
      return storage.chain(path, format, call);
    },
    images: async (directory, call) => {
      await require(within(directory), 'read');
      return storage.images(directory, call);
    },
    dependents: async (path, call) => {
      await require(path, 'read');
      return storage.dependents(path, call);
    },
    room: async (directory, call) => {
      await require(within(directory), 'read');
      return storage.room(directory, call);
    },
    identity: async (path, call) => {
      await require(path, 'read');
      return storage.identity(path, call);
    },
    ensureImage: async (spec, call) => {
      await require(spec.path, 'write');
      if (spec.backing !== null) await require(spec.backing.path, 'read');
      return storage.ensureImage(spec, call);
    },
    ensureCapacity: async (image, bytes, call) => {
      await require(image.path, 'device');
      await storage.ensureCapacity(image, bytes, call);
    },
    ensureNoImage: async (path, call) => {
      await require(path, 'remove');
      await storage.ensureNoImage(path, call);
    },
    readImage: async function* (path, call, piece) {
      await require(path, 'device');
      yield* storage.readImage(path, call, piece);
    },
    makeFile: async (file, call) => {
      await require(file.path, 'write');
      await storage.makeFile(file, call);
    },
    writeImage: async (path, piece, chunks, call) => {
      await require(path, 'device');
      await storage.writeImage(path, piece, chunks, call);
    },
    fileState: async (path, call) => {
      await require(path, 'read');
      return storage.fileState(path, call);
    },
    digest: async (path, call, piece) => {
      await require(path, 'read');
      return storage.digest(path, call, piece);
    },
    ensureProbeFile: async (directory, name, call) => {
      await require(within(directory), 'write');
      await storage.ensureProbeFile(directory, name, call);
    },
    seesProbeFile: async (directory, name, call) => {
      await require(within(directory), 'read');
      return storage.seesProbeFile(directory, name, call);
    },
    ensureNoProbeFile: async (directory, name, call) => {
      await require(within(directory), 'remove');
      await storage.ensureNoProbeFile(directory, name, call);
    },
  };
}

function overlaysOf({ overlays }: HypervisorHost, require: Require): Partial<HypervisorHost['overlays']> {
  return {
    holdsNothing: async (path, call) => {
      await require(path, 'read');
      return overlays.holdsNothing(path, call);
    },
    ensureOverlays: async (id, orders, call) => {
      for (const { path } of orders) await require(path, 'write');
      await overlays.ensureOverlays(id, orders, call);
    },
    ensureMerged: async (id, orders, call) => {
      for (const { overlays: paths } of orders) for (const path of paths) await require(path, 'remove');
      await overlays.ensureMerged(id, orders, call);
    },
  };
}

/** A pool is defined as its source has it, and would bring its directory among those that are allowed. */
function poolsOf({ pools }: HypervisorHost, require: Require): Partial<HypervisorHost['pools']> {
  return {
    ensureDefined: async (pool, call) => {
      for (const directory of directoriesIn(pool.xml)) await require(`${directory}/any`, 'device');
      await pools.ensureDefined(pool, call);
    },
  };
}

/** Of libvirt's description, and of that of a host in memory. */
function directoriesIn(definition: string): string[] {
  const inMemory = /"directory":"([^"]*)"/.exec(definition)?.[1];
  const directory = definition.startsWith('{') ? inMemory : readPoolDescription(definition).directory;
  return [directory ?? []].flat();
}

function shellOf(shell: Shell, require: Require): Partial<Shell> {
  return {
    receiver: async (call) => {
      const receiver: FileReceiver = await shell.receiver(call);
      const listen: FileReceiver['listen'] = async (order) => {
        await require(order.path, 'write');
        await require(order.part, 'write');
        return receiver.listen(order);
      };
      return replacing(receiver, { listen });
    },
    sender: async (call) => {
      const sender: FileSender = await shell.sender(call);
      const send: FileSender['send'] = async (order, listener) => {
        await require(order.path, 'device');
        return sender.send(order, listener);
      };
      return replacing(sender, { send });
    },
    digest: async (path, call) => {
      await require(path, 'read');
      return shell.digest(path, call);
    },
  };
}
