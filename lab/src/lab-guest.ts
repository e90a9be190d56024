import { type GuestAnswer, parseAnswer } from './guest-answer.ts';
import type { GuestLink } from './guest-link.ts';
import type { GuestRecord } from './guest-records.ts';
import { guestMac } from './guest-xml.ts';
import { until } from './processes.ts';
import type { ProbeReport } from './udp-probe.ts';

/** A guest as it is seen from its network: which host runs it does not matter here. */
export class LabGuest {
  readonly name: string;
  readonly uuid: string;
  readonly address: string;
  /** Hardware address. */
  readonly mac: string;
  /** Path of its disk on the host, or on the one that serves it. */
  readonly diskPath: string;
  readonly #link: GuestLink;

  constructor(link: GuestLink, guest: GuestRecord) {
    this.#link = link;
    this.name = guest.name;
    this.uuid = guest.uuid;
    this.address = guest.address;
    this.mac = guestMac(guest.number);
    this.diskPath = guest.diskPath;
  }

  /** Its counters; null when it does not answer within a second. */
  async stat(): Promise<GuestAnswer | null> {
    return this.#tell('stat');
  }

  /** Waits until it answers. */
  waitAlive(timeoutMs = 90_000): Promise<GuestAnswer> {
    return until(`guest ${this.name} answers`, timeoutMs, () => this.stat());
  }

  /** Keeps so much memory dirty at so many MiB a second; 0 stops. */
  async dirty(mib: number, mibPerSecond: number): Promise<void> {
    await until(`guest ${this.name} takes a command`, 30_000, () =>
      this.#tell(`dirty ${mib} ${mibPerSecond}`),
    );
  }

  /** Writes so many KiB a second to the end of its disk; 0 stops. */
  async writeDisk(kibPerSecond: number): Promise<void> {
    await until(`guest ${this.name} takes a command`, 30_000, () => this.#tell(`disk ${kibPerSecond}`));
  }

  /** Checksum of the first MiB of its disk, as the guest reads it. */
  async diskChecksum(mib = 48): Promise<string> {
    await until(`guest ${this.name} takes a command`, 30_000, () => this.#tell(`sum ${mib}`));
    return until(`guest ${this.name} sums its disk`, 120_000, async () => {
      const sum = (await this.stat())?.sum ?? 'busy';
      return sum === 'busy' || sum === 'none' ? null : sum;
    });
  }

  /** Probes it every few milliseconds until stopped, from an address of the controller's place. */
  probe(intervalMs?: number, from?: string): Promise<{ stop(): Promise<ProbeReport> }> {
    return this.#link.probe(this.address, intervalMs, from);
  }

  async #tell(text: string): Promise<GuestAnswer | null> {
    const answer = await this.#link.ask(this.address, text);
    return answer === null ? null : parseAnswer(answer);
  }
}
