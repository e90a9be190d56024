import { dirname } from 'node:path';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import type { HostConnection } from './host-connection.ts';
import type { LibvirtPools } from './libvirt-pools.ts';
import { readBridges } from './open-vswitch-database.ts';
import { readSmallFile } from './read-small-file.ts';

/** Where the packages of the distributions keep the database, and the daemon the number of its process while it runs. */
const database = '/etc/openvswitch/conf.db';
const pidFile = '/run/openvswitch/ovs-vswitchd.pid';

/** Open vSwitch on a host. */
export interface OpenVswitchFacts {
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
