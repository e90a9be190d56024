import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { DaemonMode } from './libvirt-uri.ts';

/** What a daemon is looked for by. */
export interface DaemonWanted {
  /** Null when any will do. */
  readonly driver: string | null;
  /** A user's own daemon is meant, if the user is not root. */
  readonly session: boolean;
  readonly mode: DaemonMode;
  readonly readOnly: boolean;
}

/** This machine and user; the real ones when not given. */
export interface Surroundings {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly uid?: number;
  readonly exists?: (path: string) => boolean;
}

/** Not /run: every machine that has that has this as a link to it, and others have only this. */
const systemDirectory = '/var/run/libvirt';
/** In the order in which libvirt asks its drivers when nobody says which. */
const systemDrivers = ['xen', 'qemu', 'lxc', 'vbox', 'bhyve', 'vz'];
const sessionDrivers = ['qemu', 'vbox'];

/**
 * The path of a daemon's unix socket on this machine. `auto` takes the driver's own daemon if its socket is there, else
 * libvirtd's. A user's own daemon has no socket of its own for reading only.
 */
export function daemonSocket(wanted: DaemonWanted, surroundings: Surroundings = {}): string {
  const { env = process.env, uid = process.geteuid?.() ?? 0, exists = existsSync } = surroundings;
  const ofUser = wanted.session && uid !== 0;
  const pathOf = (daemon: string): string =>
    ofUser ? join(runtimeDirectory(env), `${daemon}-sock`) : systemSocket(daemon, wanted.readOnly);
  const legacy = pathOf('libvirt');
  if (wanted.mode === 'legacy') return legacy;
  const drivers = wanted.driver === null ? (ofUser ? sessionDrivers : systemDrivers) : [wanted.driver];
  const direct = drivers.map((driver) => pathOf(`virt${driver}d`));
  const found = direct.find((path) => exists(path));
  if (found !== undefined) return found;
  return wanted.mode === 'direct' ? (direct[0] ?? legacy) : legacy;
}

/** A socket of the system's daemons, by their prefix: `libvirt`, `virtqemud`, …; on another machine as on this. */
export function systemSocket(daemon: string, readOnly: boolean): string {
  return `${systemDirectory}/${daemon}-${readOnly ? 'sock-ro' : 'sock'}`;
}

/** As GLib finds it: without XDG_RUNTIME_DIR it is the user's cache. */
function runtimeDirectory(env: Readonly<Record<string, string | undefined>>): string {
  const directory =
    env['XDG_RUNTIME_DIR'] || env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache');
  return join(directory, 'libvirt');
}
