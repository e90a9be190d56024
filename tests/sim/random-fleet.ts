import type { SimulatedDomain, SimulatedFile } from '@ferry/hypervisor/simulated';
import { domainXml, type Stage } from './world.ts';

/** A guest of a random fleet. */
export interface FleetGuest {
  readonly host: string;
  readonly state: 'running' | 'shutoff' | 'paused';
  readonly standsOn: number | null;
  readonly medium: string | null;
  readonly also: { readonly other: number; readonly by: string } | null;
}

/** Somebody who does something to a guest, before a host is asked for something. */
export interface Person {
  readonly what: 'writes' | 'starts' | 'edits' | 'clones' | 'snapshots';
  readonly guest: number;
  readonly before: string;
  readonly at: string;
}

const capacityBytes = 1024 * 1024;

/** Guests that share files, media, templates and snapshots, on simulated hosts, all adopted. */
export async function putFleet(stage: Stage, guests: readonly FleetGuest[]): Promise<Fleet> {
  const fleet = new Fleet(stage, guests.length);
  for (const [number, one] of guests.entries()) fleet.put(number, one, guests);
  for (const [number, { host }] of guests.entries())
    await stage.client().adoptInstance({ host, domain: fleet.id(number) });
  return fleet;
}

export class Fleet {
  readonly #stage: Stage;
  readonly #count: number;
  /** What was written last to each disk, and must be somewhere. */
  readonly #written = new Map<string, string>();
  #planned: { live: boolean }[] = [];
  #strangers = 0;
  #before: Record<string, string[]> = {};

  constructor(stage: Stage, count: number) {
    this.#stage = stage;
    this.#count = count;
  }

  name(number: number): string {
    return `g${number % this.#count}`;
  }

  id(number: number): string {
    return `77777777-1111-4111-8111-${String((number % this.#count) + 1).padStart(12, '0')}`;
  }

  disk(number: number): string {
    return `/images/g${number % this.#count}.qcow2`;
  }

  put(number: number, guest: FleetGuest, all: readonly FleetGuest[]): void {
    const { host, state, medium, also } = guest;
    const below = guest.standsOn === null ? null : guest.standsOn % all.length;
    // What it stands on is on its own host, and was there before it.
    const stands = below !== null && below < number && all[below]?.host === host;
    const backing = stands ? { path: this.disk(below), format: 'qcow2' } : null;
    this.#write(host, this.disk(number), { format: 'qcow2', backing, content: `first of g${number}` });
    this.#written.set(this.disk(number), `first of g${number}`);
    let xml = domainXml({ name: this.name(number), id: this.id(number), disk: this.disk(number) });
    if (medium !== null) {
      for (const one of ['compute11', 'compute12'])
        if (this.#file(one, medium) === null) this.#write(one, medium, { format: 'raw', content: medium });
      xml = withDevice(xml, drive(medium));
    }
    this.#stage.world.addDomain(host, xml, state === 'shutoff' ? 'shutoff' : 'running');
    const domain = this.#domain(host, this.id(number));
    if (state === 'paused') Object.assign(domain ?? {}, { state: 'paused', reason: 'user' });
    if (domain !== null && also !== null) this.#alsoHas(host, domain, also.other % all.length, also.by);
  }

  #alsoHas(host: string, domain: SimulatedDomain, other: number, by: string): void {
    const path = this.disk(other);
    const file = this.#file(host, path);
    if (file === null) return;
    switch (by) {
      case 'next start':
        if (domain.state === 'shutoff') domain.xml = withDevice(domain.xml, drive(path, 'sdb'));
        else domain.nextXml = withDevice(domain.xml, drive(path, 'sdb'));
        break;
      case 'snapshot': {
        const xml = `<domainsnapshot><name>s</name><domain><devices>${drive(path)}</devices></domain></domainsnapshot>`;
        domain.records = { snapshots: [{ name: 's', xml, current: true }], checkpoints: [] };
        break;
      }
      case 'link':
        this.#stage.world.host(host).directories.set(`/links/${other}`, new Map([['link', file]]));
        domain.xml = withDevice(domain.xml, drive(`/links/${other}/link`, 'sdb'));
        break;
      default:
        domain.xml = domain.xml.replace('</domain>', `<arg value='file=${path}'/></domain>`);
    }
  }

  /** Has a person act in the middle of what comes next. */
  plan(person: Person): void {
    const planned = { live: true };
    this.#planned.push(planned);
    this.#stage.world.faults.before(person.at, person.before, () => {
      if (planned.live) this.#act(person);
    });
  }

  /** What is there now, before the next move. */
  remember(): void {
    const { hosts } = this.#stage.world;
    this.#before = Object.fromEntries(
      Array.from(hosts.values(), ({ name }) => [name, this.#stage.files(name, '/')]),
    );
  }

  forgetPlans(): void {
    for (const planned of this.#planned) planned.live = false;
    this.#planned = [];
  }

  /** Files that were on a host before people and the move came. */
  hadBefore(host: string): string[] {
    return this.#before[host] ?? [];
  }

  #act({ what, guest }: Person): void {
    const number = guest % this.#count;
    const path = this.disk(number);
    for (const { name } of this.#stage.world.hosts.values()) {
      const domain = this.#domain(name, this.id(number));
      const file = this.#file(name, path);
      if (domain === null || file === null || file.unfinished !== undefined) continue;
      // Only who has the guest now acts on it: one that is coming is nobody's yet.
      if (domain.incomingFrom !== null || domain.reason === 'failed') continue;
      if (what === 'writes' && domain.state === 'shutoff') {
        const content = `${file.content}; written by somebody ${(this.#strangers += 1)}`;
        this.#write(name, path, { ...file, content });
        this.#written.set(path, content);
      }
      if (what === 'starts' && domain.state === 'shutoff' && domain.startPreventedBy === null)
        Object.assign(domain, { state: 'running', reason: 'booted' });
      if (what === 'edits') domain.xml = domain.xml.replace('<vcpu>1<', '<vcpu>2<');
      if (what === 'snapshots') {
        const xml = '<domainsnapshot><name>late</name></domainsnapshot>';
        domain.records = { snapshots: [{ name: 'late', xml, current: true }], checkpoints: [] };
      }
      if (what === 'clones') this.#clone(name, path);
      return;
    }
  }

  #clone(host: string, path: string): void {
    this.#strangers += 1;
    const own = `/images/clone-${this.#strangers}.qcow2`;
    this.#write(host, own, { format: 'qcow2', backing: { path, format: 'qcow2' }, content: own });
    const id = `88888888-1111-4111-8111-${String(this.#strangers).padStart(12, '0')}`;
    const xml = domainXml({ name: `clone-${this.#strangers}`, id, disk: own });
    this.#stage.world.addDomain(host, xml, 'shutoff');
  }

  /** What is lost: files that a domain names, what was written last to a guest's disk, a guest itself. */
  lost(): string[] {
    const hosts = [...this.#stage.world.hosts.values()];
    const files = hosts.flatMap(({ name, domains }) =>
      Array.from(domains.values(), (domain) =>
        this.#namedBy(name, domain)
          // What the records of a guest name beside its disks stays at its source where it does not come along.
          .filter((path) => this.hadBefore(name).includes(path) || domain.xml.includes(`'${path}'`))
          .filter((path) => this.#file(name, path) === null)
          .map((path) => `${path} on ${name}, of ${nameOf(domain)}`),
      ).flat(),
    );
    const contents = new Set(
      hosts.flatMap(({ directories }) =>
        [...directories.values()].flatMap((directory) =>
          Array.from(directory.values(), ({ content }) => content),
        ),
      ),
    );
    const written = [...this.#written].filter(([, content]) => !contents.has(content));
    const guests = Array.from({ length: this.#count }, (_, number) => number).filter(
      (number) => hosts.filter(({ domains }) => domains.has(this.id(number))).length !== 1,
    );
    return [
      ...files,
      ...written.map(([path]) => `what was written last to ${path}`),
      ...guests.map((number) => `${this.name(number)} is not on one host`),
    ];
  }

  #namedBy(host: string, { xml, nextXml, records }: SimulatedDomain): string[] {
    const texts = [xml, nextXml ?? '', ...records.snapshots.map((one) => one.xml)];
    const named = texts.flatMap((text) =>
      Array.from(text.matchAll(/(?:source file='|file=)(\/[^'"<]*)/g), ([, path = '']) => path),
    );
    return named.flatMap((path) => this.#chain(host, path));
  }

  #chain(host: string, path: string): string[] {
    const below = this.#file(host, path)?.backing?.path;
    return below === undefined ? [path] : [path, ...this.#chain(host, below)];
  }

  #domain(host: string, id: string): SimulatedDomain | null {
    return this.#stage.world.host(host).domains.get(id) ?? null;
  }

  #file(host: string, path: string): SimulatedFile | null {
    const at = path.lastIndexOf('/');
    const directory = this.#stage.world.host(host).directories.get(path.slice(0, at));
    return directory?.get(path.slice(at + 1)) ?? null;
  }

  #write(host: string, path: string, file: Partial<SimulatedFile>): void {
    const at = path.lastIndexOf('/');
    const whole = { format: 'raw', capacityBytes, backing: null, owner: null, content: path, ...file };
    this.#stage.world
      .host(host)
      .directories.get(path.slice(0, at))
      ?.set(path.slice(at + 1), whole);
  }
}

function drive(path: string, target = 'sda'): string {
  return `<disk type='file' device='cdrom'><source file='${path}'/><target dev='${target}'/><readonly/></disk>`;
}

function withDevice(xml: string, device: string): string {
  return xml.replace('</devices>', `${device}</devices>`);
}

function nameOf({ xml }: SimulatedDomain): string {
  return /<name>([^<]*)</.exec(xml)?.[1] ?? '';
}
