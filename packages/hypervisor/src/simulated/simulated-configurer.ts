import { generateKeyPairSync } from 'node:crypto';
import type { CopyProgramFacts, FileEdit, RunningDaemons } from '@ferry/model';
import type { ConfigurationChange, HostConfigurer } from '../contract/host-shell.ts';
import { HypervisorError } from '../contract/errors.ts';
import { makeFixes, showEdit } from './simulated-fixes.ts';
import type { SimulatedHostState } from './simulated-state.ts';
import type { SimulatedWorld } from './simulated-world.ts';

/** The configuring program of a simulated host: what it was told is kept in the host's state, to be looked at. */
export class SimulatedConfigurer implements HostConfigurer {
  readonly facts: CopyProgramFacts;
  readonly #world: SimulatedWorld;
  readonly #host: SimulatedHostState;

  constructor(world: SimulatedWorld, host: SimulatedHostState, facts: CopyProgramFacts) {
    this.#world = world;
    this.#host = host;
    this.facts = facts;
  }

  daemons(): Promise<RunningDaemons> {
    return this.#ask('daemons', () => ({ libvirtd: ['libvirtd', '-d'] }));
  }

  request(
    wanted: Parameters<HostConfigurer['request']>[0],
    anew: boolean,
  ): Promise<Readonly<Record<string, string>>> {
    return this.#ask('request', () => {
      for (const { name } of wanted)
        if (anew || !this.#host.waitingKeys.has(name))
          this.#host.waitingKeys.set(name, generateKeyPairSync('ec', { namedCurve: 'P-256' }));
      // Nobody signs what a simulation asks for: the public key says which one it is.
      return this.#publicKeys(wanted.map(({ name }) => name));
    });
  }

  waitingKeys(names: readonly string[]): Promise<Readonly<Record<string, string>>> {
    return this.#ask('waitingKeys', () => this.#publicKeys(names));
  }

  forgetKeys(names: readonly string[]): Promise<void> {
    return this.#ask('forgetKeys', () => {
      for (const name of names) this.#host.waitingKeys.delete(name);
    });
  }

  preview(edits: readonly FileEdit[]): Promise<readonly string[]> {
    return this.#ask('preview', () => edits.flatMap(showEdit));
  }

  apply(change: ConfigurationChange): Promise<void> {
    return this.#ask('apply', () => {
      const undo = makeFixes(this.#world, this.#host, change);
      this.#host.changes.set(change.id, { change, state: 'armed', undo });
    });
  }

  confirm(id: string): Promise<boolean> {
    return this.#ask('confirm', () => this.#end(id, 'confirmed'));
  }

  rollBack(id: string): Promise<boolean> {
    return this.#ask('rollBack', () => this.#end(id, 'undone'));
  }

  close(): void {
    // Nothing of it is left behind.
  }

  #publicKeys(names: readonly string[]): Readonly<Record<string, string>> {
    const told = names.flatMap((name) => {
      const pair = this.#host.waitingKeys.get(name);
      return pair === undefined
        ? []
        : [[name, pair.publicKey.export({ type: 'spki', format: 'pem' }).toString()] as const];
    });
    return Object.fromEntries(told);
  }

  #end(id: string, state: 'confirmed' | 'undone'): boolean {
    const found = this.#host.changes.get(id);
    if (found === undefined || found.state !== 'armed') return false;
    if (state === 'undone') found.undo();
    this.#host.changes.set(id, { ...found, state });
    return true;
  }

  #ask<T>(method: string, work: () => T): Promise<T> {
    return this.#world.faults.gate(this.#host.name, `configurer.${method}`, undefined, () => {
      if (!this.#host.up) throw new HypervisorError('unreachable', this.#host.name, 'it is off');
      return work();
    });
  }
}
