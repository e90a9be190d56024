import type { DeviceAddress, HardwareFacts } from '@ferry/model';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import type { HostHardware } from '../contract/host-hardware.ts';
import { readHardwareXml, readHostModel, readLaunchSecurity } from '../xml/hardware-xml.ts';
import type { HostConnection } from './host-connection.ts';
import { parse } from './libvirt-facts.ts';
import { at, attribute, children, rootOf, textOf } from '../xml/parse-xml.ts';

const kibibyte = 1024;

/** The hardware of a libvirt host. */
export class LibvirtHardware implements HostHardware {
  readonly #connection: HostConnection;

  constructor(connection: HostConnection) {
    this.#connection = connection;
  }

  async facts(call: Call = {}): Promise<HardwareFacts> {
    const { capabilities } = await this.#connection.call('connectGetCapabilities', {}, call);
    const { pageSizes, ...facts } = parse(this.#connection, () => readHardwareXml(capabilities));
    return {
      ...facts,
      hugePages: await this.#hugePages(pageSizes, facts.cells.length, call),
      launchSecurity: await this.#launchSecurity(call),
    };
  }

  async device({ bus, address }: DeviceAddress, call: Call = {}): Promise<string | null> {
    // libvirt's names of node devices: `pci_0000_03_00_1`, `mdev_b1ae8bf6_38b0_…`.
    const name = `${bus}_${address.replace(/[^0-9a-zA-Z]/g, '_')}`;
    try {
      const { xml } = await this.#connection.call('nodeDeviceGetXmlDesc', { name, flags: 0 }, call);
      return parse(this.#connection, () => readNodeDevice(xml));
    } catch (error) {
      if (error instanceof HypervisorError && error.code === 'no-device') return null;
      throw error;
    }
  }

  async isEmulator(path: string, call: Call = {}): Promise<boolean> {
    try {
      await this.#domainCapabilities(path, call);
      return true;
    } catch (error) {
      if (error instanceof HypervisorError && error.code === 'refused') return false;
      throw error;
    }
  }

  async processor(call: Call = {}): Promise<string> {
    const xml = await this.#domainCapabilities(null, call);
    return parse(this.#connection, () => readHostModel(xml));
  }

  async commonProcessor(processors: readonly string[], call: Call = {}): Promise<string> {
    const usual = { emulator: null, arch: null, machine: null, virttype: null };
    const args = { ...usual, xmlCpus: [...processors], flags: 0 };
    return (await this.#connection.call('connectBaselineHypervisorCpu', args, call)).cpu;
  }

  async #hugePages(sizes: readonly number[], cells: number, call: Call): Promise<HardwareFacts['hugePages']> {
    if (sizes.length === 0) return [];
    const { counts } = await this.#connection.call(
      'nodeGetFreePages',
      { pages: sizes.map((size) => size / kibibyte), startCell: 0, cellCount: cells, flags: 0 },
      call,
    );
    // One count for each size, cell after cell.
    return sizes.map((sizeBytes, which) => ({
      sizeBytes,
      free: counts.reduce(
        (sum, count, index) => sum + (index % sizes.length === which ? Number(count) : 0),
        0,
      ),
    }));
  }

  async #launchSecurity(call: Call): Promise<HardwareFacts['launchSecurity']> {
    try {
      const xml = await this.#domainCapabilities(null, call);
      return parse(this.#connection, () => readLaunchSecurity(xml));
    } catch (error) {
      if (error instanceof HypervisorError && error.code === 'refused') return null;
      throw error;
    }
  }

  async #domainCapabilities(emulatorbin: string | null, call: Call): Promise<string> {
    const args = { emulatorbin, arch: null, machine: null, virttype: null, flags: 0 };
    return (await this.#connection.call('connectGetDomainCapabilities', args, call)).capabilities;
  }
}

/** Vendor and product of a device of a host, or the type of a mediated one (https://libvirt.org/formatnode.html). */
function readNodeDevice(xml: string): string {
  const [capability] = children(rootOf(xml, 'device'), 'capability');
  if (capability === undefined) return '';
  const ids = ['vendor', 'product'].map((name) => attribute(at(capability, name), 'id'));
  const words = [...ids, attribute(at(capability, 'type'), 'id')].filter((word) => word !== null);
  return words.length > 0 ? words.join(' ') : (textOf(at(capability, 'product')) ?? '');
}
