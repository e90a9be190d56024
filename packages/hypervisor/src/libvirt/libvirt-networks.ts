import { type NetworkRef, NetworkXmlFlag } from '@ferry/libvirt';
import { type HostNetworkFacts, unspecifiedNetwork } from '@ferry/model';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import type { HostNetworks } from '../contract/host-networks.ts';
import { portableNetworkXml, readNetworkXml } from '../xml/network-xml.ts';
import type { HostConnection } from './host-connection.ts';
import { LibvirtDevices } from './libvirt-devices.ts';
import { parse } from './libvirt-facts.ts';

/** What the kernel gives a bridge that libvirt makes without a size of its own. */
const defaultMtu = 1500;

/** Networks of libvirt, and devices of the host that it runs on. */
export class LibvirtNetworks implements HostNetworks {
  readonly #connection: HostConnection;
  readonly #devices: LibvirtDevices;

  constructor(connection: HostConnection) {
    this.#connection = connection;
    this.#devices = new LibvirtDevices(connection);
  }

  async network(name: string, call: Call = {}): Promise<HostNetworkFacts | null> {
    const net = await this.#find(name, call);
    if (net === null) return null;
    const [{ xml }, { active }] = await Promise.all([
      this.#connection.call('networkGetXmlDesc', { net, flags: 0 }, call),
      this.#connection.call('networkIsActive', { net }, call),
    ]);
    const network = parse(this.#connection, () => readNetworkXml(xml));
    const { bridge, mtu, ownBridge, cards, portGroups, identity } = network;
    const facts = { ...unspecifiedNetwork, kind: 'network', active, portGroups, identity } as const;
    if (ownBridge && !active) return { ...facts, mtu: mtu ?? defaultMtu };
    const through = bridge === null ? cards : [bridge];
    const found = await Promise.all(
      through.map(async (device) => ({ device, facts: await this.device(device, call) })),
    );
    const sizes = found.flatMap(({ facts: one }) => one?.mtu ?? []);
    return {
      ...facts,
      mtu: mtu ?? (sizes.length === 0 ? null : Math.min(...sizes)),
      isBridge: bridge === null ? null : (found[0]?.facts?.isBridge ?? null),
      isOpenVswitch: bridge === null ? null : (found[0]?.facts?.isOpenVswitch ?? null),
      // A bridge that the hypervisor makes for itself is no device of the host that could be missing.
      ...(ownBridge
        ? {}
        : { through, lacks: found.flatMap((one) => (one.facts === null ? one.device : [])) }),
    };
  }

  device(name: string, call: Call = {}): Promise<HostNetworkFacts | null> {
    return this.#devices.device(name, call);
  }

  async definition(name: string, call: Call = {}): Promise<{ xml: string; autostart: boolean }> {
    const { net } = await this.#connection.call('networkLookupByName', { name }, call);
    const [{ xml }, { autostart }] = await Promise.all([
      this.#connection.call('networkGetXmlDesc', { net, flags: NetworkXmlFlag.inactive }, call),
      this.#connection.call('networkGetAutostart', { net }, call),
    ]);
    return { xml: parse(this.#connection, () => portableNetworkXml(xml)), autostart };
  }

  async ensureDefined(
    { name, xml, autostart }: { name: string; xml: string; autostart: boolean },
    call: Call = {},
  ): Promise<void> {
    const there = await this.#find(name, call);
    const net = there ?? (await this.#connection.call('networkDefineXml', { xml }, call)).net;
    if (autostart) await this.#connection.call('networkSetAutostart', { net, autostart }, call);
  }

  async ensureActive(name: string, call: Call = {}): Promise<void> {
    const { net } = await this.#connection.call('networkLookupByName', { name }, call);
    if ((await this.#connection.call('networkIsActive', { net }, call)).active) return;
    try {
      await this.#connection.call('networkCreate', { net }, call);
    } catch (error) {
      // Somebody else may have started it at the same moment.
      if (!(await this.#connection.call('networkIsActive', { net }, call)).active) throw error;
    }
  }

  async ensureInactive(name: string, call: Call = {}): Promise<'stopped' | 'in-use'> {
    const net = await this.#find(name, call);
    if (net === null || !(await this.#connection.call('networkIsActive', { net }, call)).active)
      return 'stopped';
    const { ports } = await this.#connection.call(
      'networkListAllPorts',
      { network: net, needResults: 1, flags: 0 },
      call,
    );
    if (ports.length > 0) return 'in-use';
    await this.#connection.call('networkDestroy', { net }, call);
    return 'stopped';
  }

  async ensureUndefined(name: string, call: Call = {}): Promise<void> {
    const net = await this.#find(name, call);
    if (net !== null) await this.#connection.call('networkUndefine', { net }, call);
  }

  async #find(name: string, call: Call): Promise<NetworkRef | null> {
    try {
      return (await this.#connection.call('networkLookupByName', { name }, call)).net;
    } catch (error) {
      if (error instanceof HypervisorError && error.code === 'no-network') return null;
      throw error;
    }
  }
}
