import type { DomainElement, NetworkSource, OwnershipFacts } from '@ferry/model';
import type { Call } from './call.ts';
import { HypervisorError } from './errors.ts';
import type { PeerAddress } from './host-migration.ts';

/**
 * A guest of the caller's own that never runs: it is moved in the place of another one, to see that the way is open. Its id
 * and its name are its own alone.
 */
export interface StandIn {
  readonly id: string;
  readonly name: string;
  readonly arch: string;
  readonly machineType: string;
  /** The hypervisor's program. */
  readonly emulator: string;
  /** The file of its one disk, raw; null: it has none. */
  readonly diskPath: string | null;
}

/** The guest's name of the disk of a stand-in. */
export const standInDisk = 'vda';

/**
 * What a host can only show by doing it: a guest without anything in it, paused, is started for a moment and ends with the
 * look, also when the one who looks is gone.
 */
export interface HostTrials {
  /** Why this host's hypervisor cannot open a disk on the network; null when it can. Opens it to read alone. */
  refusalToOpen(source: NetworkSource, call?: Call): Promise<string | null>;
  /**
   * Whether nothing at all comes back when this host's hypervisor connects to an address, within the deadline of the call; a
   * refusal is an answer.
   */
  isSilent(address: PeerAddress, call?: Call): Promise<boolean>;
  /** What libvirt does with the owner of an image in a directory, by a file of its own that is taken away again. */
  ownership(directory: string, call?: Call): Promise<OwnershipFacts>;
  /**
   * Has looks taken while an image of the probe's own, in a directory, is held by a guest of this host, and once more when
   * nobody holds it. The image is open to everybody, and is taken away again.
   */
  whileImageLocked<T>(
    directory: string,
    look: (path: string, isLocked: boolean) => Promise<T>,
    call?: Call,
  ): Promise<{ readonly held: T; readonly free: T }>;
  /** Why a guest of this host cannot have such a device; null when it can. */
  refusalToHave(device: DomainElement, call?: Call): Promise<string | null>;
  /** Why a guest of this host cannot have an image to write to; null when it can. Writes nothing. */
  refusalToWrite(path: string, call?: Call): Promise<string | null>;
  /** Starts a stand-in, paused; there already is fine. Unlike a probe it outlives the caller, as one that moves has to. */
  ensureStandIn(standIn: StandIn, call?: Call): Promise<void>;
  /**
   * Ends a stand-in, whatever it is at; none there is fine. Throws `wrong-state` when a domain of its id runs or has another
   * name: it is somebody else's by now.
   */
  ensureNoStandIn(standIn: Pick<StandIn, 'id' | 'name'>, call?: Call): Promise<void>;
}

/** Throws unless what has the id of a stand-in is one, as far as can be told: it has its name, and never ran. */
export function requireStandIn(
  host: string,
  name: string,
  found: { readonly name: string; readonly state: string },
): void {
  if (found.name === name && found.state !== 'running') return;
  const what = `${found.name}, ${found.state}`;
  throw new HypervisorError(
    'wrong-state',
    host,
    `${host}: what has the id of the stand-in ${name} is ${what}: it is not ended`,
  );
}
