import type { LabHost } from './lab-host.ts';
import { until } from './processes.ts';

/** Open vSwitch on a host of a lab, with the datapath outside of the kernel, which the lab's kernel has none of its own for. */
export class OpenVswitch {
  readonly #host: LabHost;

  constructor(host: LabHost) {
    this.#host = host;
  }

  /** Starts it. Packets whose sums the kernel leaves to a card are passed on as they are: hence its segmentation offload. */
  async start(): Promise<void> {
    const run = '/run/openvswitch';
    const script = `mkdir -p ${run} /var/log/openvswitch
      [ -s /etc/openvswitch/conf.db ] || ovsdb-tool create /etc/openvswitch/conf.db /usr/share/openvswitch/vswitch.ovsschema
      ovsdb-server --remote=punix:${run}/db.sock --pidfile=${run}/ovsdb-server.pid --detach --log-file=/var/log/openvswitch/db.log /etc/openvswitch/conf.db
      ovs-vsctl --no-wait init
      ovs-vsctl --no-wait set Open_vSwitch . other_config:userspace-tso-enable=true
      ovs-vswitchd --pidfile=${run}/ovs-vswitchd.pid --detach --log-file=/var/log/openvswitch/vswitchd.log`;
    await this.#host.execOk(['sh', '-ec', script]);
  }

  /** Makes a bridge, and gives it the cable to the guests' network. */
  async bridge(name: string): Promise<void> {
    await this.vsctl('add-br', name, '--', 'set', 'bridge', name, 'datapath_type=netdev');
    await this.#host.execOk(['ip', 'link', 'set', 'eth1', 'nomaster']);
    await this.vsctl('add-port', name, 'eth1');
    await this.#host.execOk(['ip', 'link', 'set', name, 'up']);
  }

  /** `ovs-vsctl`; must succeed. */
  vsctl(...words: string[]): Promise<string> {
    return this.#host.execOk(['ovs-vsctl', '--timeout=10', ...words]);
  }

  /** The port of a guest: its id for a controller of the switch, and its VLAN; null while the guest has none. */
  async port(mac: string): Promise<{ id: string; vlan: number | null } | null> {
    const found = `external_ids:attached-mac="${mac}"`;
    const name = (await this.vsctl('--bare', '--columns=name', 'find', 'interface', found)).trim();
    if (name === '') return null;
    const [id, tag] = [
      await this.vsctl('get', 'interface', name, 'external_ids:iface-id'),
      await this.vsctl('get', 'port', name, 'tag'),
    ];
    return { id: id.trim().replaceAll('"', ''), vlan: /^\d+/.test(tag) ? Number(tag) : null };
  }

  /** Ends it; its bridges go with it. */
  async stop(): Promise<void> {
    await this.#host.execOk(['sh', '-ec', 'kill $(cat /run/openvswitch/ovs-vswitchd.pid)']);
    await until(`${this.#host.name}: no Open vSwitch`, 10_000, async () => {
      const { code } = await this.#host.exec(['test', '-e', '/run/openvswitch/ovs-vswitchd.pid']);
      return code !== 0 || null;
    });
  }
}
