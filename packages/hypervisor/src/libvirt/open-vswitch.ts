import { dirname } from 'node:path';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import type { HostConnection } from './host-connection.ts';
import type { LibvirtPools } from './libvirt-pools.ts';
import { readSmallFile } from './read-small-file.ts';

const magic = 'OVSDB JSON ';

/**
 * Names of the bridges in a database of Open vSwitch (ovsdb(5), "Standalone Database Format"): records of a head with a
 * length, and so many bytes of JSON; the first is the schema, each other one a transaction on top of those before. A last
 * record that is still being written is left out. Null for what is no such file. One character of the text is a byte.
 */
export function readBridges(text: string): ReadonlySet<string> | null {
  const names = new Map<string, string>();
  let at = 0;
  for (let number = 0; at < text.length; number += 1) {
    const end = text.indexOf('\n', at);
    const length = Number(/^OVSDB JSON (\d+) [0-9a-f]+$/.exec(text.slice(at, end))?.[1] ?? Number.NaN);
    if (end === -1 || !Number.isInteger(length)) return number === 0 ? null : new Set(names.values());
    const record = text.slice(end + 1, end + 1 + length);
    if (record.length < length) break;
    if (number > 0) apply(record, names);
    at = end + 1 + length;
    // Records follow each other directly, or on a line of their own.
    while (text[at] === '\n') at += 1;
  }
  return text.startsWith(magic) ? new Set(names.values()) : null;
}

interface Row {
  readonly name?: unknown;
}

/** A row that is null is removed; one that does not tell its name keeps it. */
function apply(record: string, names: Map<string, string>): void {
  const transaction = JSON.parse(record) as { readonly Bridge?: Readonly<Record<string, Row | null>> };
  for (const [id, row] of Object.entries(transaction.Bridge ?? {})) {
    if (row === null) names.delete(id);
    else if (typeof row.name === 'string') names.set(id, row.name);
  }
}

/** Where the packages of the distributions keep the database, and the daemon the number of its process while it runs. */
const database = '/etc/openvswitch/conf.db';
const pidFile = '/run/openvswitch/ovs-vswitchd.pid';

/** Open vSwitch on a host. */
interface OpenVswitchFacts {
  readonly bridges: ReadonlySet<string>;
  readonly runs: boolean;
}

/** Open vSwitch rewrites its database before it gets large: those of hosts with hundreds of ports have some megabytes. */
const maxBytes = 64 * 1024 * 1024;

/**
 * Open vSwitch on a libvirt host. No call of libvirt tells of it, and its bridges look like other devices in sysfs: with the
 * kernel's datapath like none other, with the one outside of the kernel like a tap. Its own database says what they are.
 */
export class OpenVswitch {
  readonly #connection: HostConnection;
  readonly #pools: LibvirtPools;

  constructor(connection: HostConnection, pools: LibvirtPools) {
    this.#connection = connection;
    this.#pools = pools;
  }

  /** Null where its database is not where it usually is, or in a form that is not read. */
  async look(call: Call): Promise<OpenVswitchFacts | null> {
    try {
      const text = await readSmallFile(this.#connection, this.#pools, database, call, { maxBytes });
      const bridges = text === null ? null : readBridges(text);
      if (bridges === null) return null;
      const running = await this.#pools.paths(dirname(pidFile), call);
      return { bridges, runs: running.includes(pidFile) };
    } catch (error) {
      if (error instanceof HypervisorError && (error.code === 'refused' || error.code === 'no-image'))
        return null;
      throw error;
    }
  }
}
