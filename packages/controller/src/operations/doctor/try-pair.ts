import { randomBytes, randomUUID } from 'node:crypto';
import type { Call } from '@ferry/hypervisor';
import {
  type DoctorPair,
  type DoorReached,
  migrationPorts,
  placeOfUri,
  type ReachedPlace,
  textSetting,
} from '@ferry/model';
import type { Services } from '../engine/services.ts';
import type { ExaminedHost } from './examine-hosts.ts';

/** A connection within a network is there at once, or not at all. */
const connectSeconds = 5;
/** So long a port stays open for the others, at most: all of a fleet knock at it, one after the other. */
const openSeconds = 300;
/** Directories of pools that are tried for each pair at most. */
const maxDirectories = 8;

/** A port of its migrations that a host has opened for the others. */
export interface OpenDoor {
  readonly name: string;
  readonly port: number;
  readonly token: string;
}

/** Opens a port of a host's migrations for a while, for who knows the token; null: it has no shell, or none is free. */
export async function openDoor({ found, examiner }: ExaminedHost): Promise<OpenDoor | null> {
  if (examiner === null || found.shell.kind !== 'examined') return null;
  const { settings } = found.shell.found;
  const { first, last } = migrationPorts(settings.qemu);
  const token = randomBytes(16).toString('hex');
  // As libvirt tells the source where to send to (`virQEMUDriverConfig.migrateHost`).
  const name =
    textSetting(settings.qemu?.['migration_host']) ?? found.host.facts?.hostname ?? found.host.name;
  try {
    const { port } = await examiner.open({ ports: [first, last], token, seconds: openSeconds });
    return { name, port, token };
  } catch {
    return null;
  }
}

/** What one pair is tried with. */
interface Tries {
  readonly door: OpenDoor | null;
  /** How long it is measured what the way carries, seconds; 0: it is not. */
  readonly measureSeconds: number;
  /** Whether the other direction has told which storage both see. */
  readonly directories: DoctorPair['directories'] | undefined;
}

/** Tries the way from one host to another. What cannot be tried is null; it never throws. */
export async function tryPair(
  services: Services,
  from: ExaminedHost,
  to: ExaminedHost,
  { door, measureSeconds, directories }: Tries,
): Promise<DoctorPair> {
  const call: Call = { deadlineMs: services.limits.inspectMs };
  return {
    from: from.found.host.id,
    to: to.found.host.id,
    libvirtd: await reachDaemon(from, to),
    migration: door === null ? null : await knock(from, door, measureSeconds),
    directories: directories === undefined ? await sharedDirectories(from, to, call) : directories,
  };
}

async function reachDaemon({ examiner }: ExaminedHost, to: ExaminedHost): Promise<ReachedPlace | null> {
  const place = placeOfUri(to.found.host.peerUri);
  if (examiner === null || place === null) return null;
  try {
    return (await examiner.reach([place], connectSeconds))[0] ?? null;
  } catch {
    return null;
  }
}

async function knock(
  { examiner }: ExaminedHost,
  { name, port, token }: OpenDoor,
  measureSeconds: number,
): Promise<DoorReached | null> {
  if (examiner === null) return null;
  try {
    return await examiner.knock({ name, port }, { token, seconds: connectSeconds, measureSeconds });
  } catch {
    return null;
  }
}

/** Puts a probe file into each directory in which both have a pool, through the one, and looks for it through the other. */
async function sharedDirectories(
  from: ExaminedHost,
  to: ExaminedHost,
  call: Call,
): Promise<DoctorPair['directories']> {
  const [here, there] = [from.hypervisor, to.hypervisor];
  const [mine, other] = [from.found.directories, to.found.directories];
  if (here === null || there === null || mine === null || other === null) return null;
  const common = mine.filter((path) => other.includes(path)).slice(0, maxDirectories);
  return Promise.all(
    common.map(async (path) => {
      const probe = `.ferry-probe-${randomUUID()}`;
      try {
        await here.storage.ensureProbeFile(path, probe, call);
        try {
          return { path, isShared: await there.storage.seesProbeFile(path, probe, call) };
        } finally {
          await here.storage.ensureNoProbeFile(path, probe, call);
        }
      } catch {
        return { path, isShared: null };
      }
    }),
  );
}
