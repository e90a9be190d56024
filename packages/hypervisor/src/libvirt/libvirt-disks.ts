import { DeviceModifyFlag, type DomainRef, DomainXmlFlag } from '@ferry/libvirt';
import { askAgainAfterMs, askUntilDone, guestKeepsDisk } from '../contract/ask-until-done.ts';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import type { Detached, DomainDisk, HostDisks, MeantDisk, NewDisk } from '../contract/host-disks.ts';
import { type DiskDevice, diskDeviceXml, readDiskDevices } from '../xml/disk-device-xml.ts';
import type { HostConnection } from './host-connection.ts';
import { parse } from './libvirt-facts.ts';

const pollMs = 200;

/** What a domain has now: in the life that runs, and for its next start; null for the one that it has not. */
interface Disks {
  readonly dom: DomainRef;
  readonly live: readonly DiskDevice[] | null;
  readonly defined: readonly DiskDevice[] | null;
}

/** Disks that come to domains of a libvirt host, and go. */
export class LibvirtDisks implements HostDisks {
  readonly #connection: HostConnection;

  constructor(connection: HostConnection) {
    this.#connection = connection;
  }

  async of(id: string, call: Call = {}): Promise<readonly DomainDisk[]> {
    const { live, defined } = await this.#look(id, call);
    const all = new Map([...(defined ?? []), ...(live ?? [])].map((disk) => [disk.target, disk]));
    return [...all.values()].map(({ target, serial }) => ({
      target,
      serial,
      live: has(live, target),
      defined: has(defined, target),
    }));
  }

  async ensureAttached(id: string, disk: NewDisk, call: Call = {}): Promise<void> {
    const { dom, live, defined } = await this.#look(id, call);
    const missing = (disks: Disks['live']): boolean => disks !== null && !this.#hasIt(disks, disk);
    const flags =
      (missing(live) ? DeviceModifyFlag.live : 0) | (missing(defined) ? DeviceModifyFlag.config : 0);
    if (flags === 0) return;
    // With both flags libvirt does both or neither.
    await this.#connection.call('domainAttachDeviceFlags', { dom, xml: diskDeviceXml(disk), flags }, call);
  }

  /** From the life first: a guest that keeps it must have it at its next start too. */
  async ensureDetached(id: string, disk: MeantDisk, waitMs: number, call: Call = {}): Promise<Detached> {
    const why = await this.#detachLive(id, disk, waitMs, call);
    if (why !== null) return { kind: 'kept', why };
    const { dom, defined } = await this.#look(id, call);
    const there = defined?.find((one) => isMeant(one, disk));
    if (there !== undefined) {
      const args = { dom, xml: there.xml, flags: DeviceModifyFlag.config };
      await this.#connection.call('domainDetachDeviceFlags', args, call);
    }
    return { kind: 'gone' };
  }

  /**
   * Asks the guest to let go, again and again, and looks until it has: libvirt takes a disk out of what it tells of a domain
   * when QEMU says that the device is gone. Null when it is; else how it was asked, and what libvirt said last.
   */
  async #detachLive(id: string, disk: MeantDisk, waitMs: number, call: Call): Promise<string | null> {
    const meant = async (): Promise<{ dom: DomainRef; there: DiskDevice | undefined }> => {
      const { dom, live } = await this.#look(id, call);
      return { dom, there: live?.find((one) => isMeant(one, disk)) };
    };
    let refusal: string | null = null;
    const gone = await askUntilDone({
      ask: async () => {
        const { dom, there } = await meant();
        if (there !== undefined) refusal = await this.#ask(dom, there.xml, call);
      },
      isDone: async () => (await meant()).there === undefined,
      withinMs: waitMs,
      askAgainMs: askAgainAfterMs.unplug,
      pollMs,
      signal: call.signal,
    });
    return gone ? null : guestKeepsDisk(waitMs, refusal);
  }

  /** A guest that is being asked still may not be asked anew: what libvirt says then. */
  async #ask(dom: DomainRef, xml: string, call: Call): Promise<string | null> {
    try {
      const args = { dom, xml, flags: DeviceModifyFlag.live };
      await this.#connection.call('domainDetachDeviceFlags', args, call);
      return null;
    } catch (error) {
      if (error instanceof HypervisorError && error.code === 'refused') return error.message;
      throw error;
    }
  }

  #hasIt(disks: readonly DiskDevice[], { target, serial }: NewDisk): boolean {
    const there = disks.find((one) => one.target === target);
    if (there !== undefined && there.serial !== serial) {
      const { uri } = this.#connection;
      throw new HypervisorError('exists', uri, `${uri}: another disk of the domain is ${target} already`);
    }
    return there !== undefined;
  }

  async #look(id: string, call: Call): Promise<Disks> {
    const { dom } = await this.#connection.call('domainLookupByUuid', { uuid: id }, call);
    const describe = async (flags: number): Promise<DiskDevice[]> => {
      const { xml } = await this.#connection.call('domainGetXmlDesc', { dom, flags }, call);
      return parse(this.#connection, () => readDiskDevices(xml));
    };
    const [{ active }, { persistent }] = await Promise.all([
      this.#connection.call('domainIsActive', { dom }, call),
      this.#connection.call('domainIsPersistent', { dom }, call),
    ]);
    return {
      dom,
      live: active ? await describe(DomainXmlFlag.secure) : null,
      defined: persistent ? await describe(DomainXmlFlag.secure | DomainXmlFlag.inactive) : null,
    };
  }
}

function has(disks: Disks['live'], target: string): boolean {
  return disks?.some((one) => one.target === target) === true;
}

function isMeant(one: DiskDevice, { target, serial }: MeantDisk): boolean {
  return one.target === target && (serial === null || one.serial === serial);
}
