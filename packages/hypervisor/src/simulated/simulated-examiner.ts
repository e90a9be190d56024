import type { CopyProgramFacts, DoorReached, HostExamination, ReachedPlace } from '@ferry/model';
import { CopyFailure, type HostExaminer, type Place } from '../contract/host-shell.ts';
import type { SimulatedHostState } from './simulated-state.ts';
import type { SimulatedWorld } from './simulated-world.ts';

const mebibyte = 1024 * 1024;

/** The examining program of a simulated host: all is well but for what its state says otherwise. */
export class SimulatedExaminer implements HostExaminer {
  readonly facts: CopyProgramFacts;
  readonly #world: SimulatedWorld;
  readonly #host: SimulatedHostState;
  readonly #doors: string[] = [];

  constructor(world: SimulatedWorld, host: SimulatedHostState, facts: CopyProgramFacts) {
    this.#world = world;
    this.#host = host;
    this.facts = facts;
  }

  examine(): Promise<HostExamination> {
    return this.#ask('examine', () => ({
      clock: { aheadMs: 0, uncertaintyMs: 1 },
      hostname: this.#host.facts.hostname,
      ownAddresses: [this.#addressOf(this.#host)],
      addresses: [this.#addressOf(this.#host)],
      machineId: `machine of ${this.#host.name}`,
      family: 'debian',
      userfaultfd: 'by-device',
      units: {
        'libvirtd.service': { active: 'active', enabled: 'enabled' },
        'libvirtd.socket': { active: 'active', enabled: 'enabled' },
        'libvirtd-tls.socket': { active: 'inactive', enabled: 'disabled' },
      },
      processes: [],
      settings: { qemu: {}, libvirtd: {}, listener: '/etc/libvirt/libvirtd.conf' },
      certificates: [],
      firewall: { kind: 'none' },
      listening: [22, 16_514],
      ...this.#host.examination,
    }));
  }

  reach(places: readonly Place[]): Promise<readonly ReachedPlace[]> {
    return this.#ask('reach', () => places.map((place) => this.#reached(place, true)));
  }

  open({ ports, token }: Parameters<HostExaminer['open']>[0]): Promise<{ port: number }> {
    return this.#ask('open', () => {
      const { doors } = this.#world;
      for (let port = ports[0]; port <= ports[1]; port += 1) {
        const door = `${this.#host.name}:${port}`;
        if (doors.has(door)) continue;
        doors.set(door, token);
        this.#doors.push(door);
        return { port };
      }
      throw new CopyFailure('other', this.#host.name, `each port of ${ports.join(' to ')} is taken`);
    });
  }

  knock(place: Place, how: Parameters<HostExaminer['knock']>[1]): Promise<DoorReached> {
    return this.#ask('knock', () => {
      const there = this.#named(place.name);
      const door = this.#world.doors.get(`${there?.name ?? ''}:${place.port}`);
      const reached = this.#reached(place, door !== undefined);
      const welcome = reached.outcome === 'open' && door === how.token;
      return {
        ...reached,
        welcome,
        bytesPerSecond: welcome && how.measureSeconds > 0 ? 100 * mebibyte : 0,
      };
    });
  }

  greet({ name }: Place): Promise<{ refusal: string | null }> {
    return this.#ask('greet', () => {
      const listens = this.#named(name)?.up === true && !this.#host.cutOffFrom.has(name);
      return { refusal: listens ? null : `${name} does not answer` };
    });
  }

  close(): void {
    for (const door of this.#doors.splice(0)) this.#world.doors.delete(door);
  }

  #reached({ name, port }: Place, listens: boolean): ReachedPlace {
    const there = this.#named(name);
    const addresses = this.#host.namesHere.get(name) ?? (there === null ? [] : [this.#addressOf(there)]);
    const told = { name, port, addresses, ms: 0, mtu: 1500 };
    if (addresses.length === 0) return { ...told, outcome: 'unresolved' };
    if (this.#host.cutOffFrom.has(name) || there?.up !== true) return { ...told, outcome: 'silent' };
    return { ...told, outcome: listens ? 'open' : 'refused', ms: 1 };
  }

  #named(name: string): SimulatedHostState | null {
    return (
      [...this.#world.hosts.values()].find((one) => one.name === name || one.facts.hostname === name) ?? null
    );
  }

  #addressOf(host: SimulatedHostState): string {
    return `10.0.0.${[...this.#world.hosts.values()].indexOf(host) + 1}`;
  }

  #ask<T>(method: string, work: () => T): Promise<T> {
    return this.#world.faults.gate(this.#host.name, `examiner.${method}`, undefined, work);
  }
}
