import type { SecretFacts, SecretRef } from '@ferry/model';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import type { HostSecrets } from '../contract/host-pools.ts';
import type { SimulatedHostState, SimulatedSecret } from './simulated-state.ts';
import type { SimulatedWorld } from './simulated-world.ts';

/** Secrets of a simulated host. A secret's definition is its description as JSON, without its value. */
export class SimulatedSecrets implements HostSecrets {
  readonly #world: SimulatedWorld;
  readonly #host: SimulatedHostState;

  constructor(world: SimulatedWorld, host: SimulatedHostState) {
    this.#world = world;
    this.#host = host;
  }

  secret(ref: SecretRef, call?: Call): Promise<SecretFacts | null> {
    return this.#ask('secret', call, () => {
      const found = this.#find(ref);
      if (found === null) return null;
      const [uuid, { value, ...facts }] = found;
      return { uuid, ...facts, hasValue: facts.isPrivate ? null : value !== null };
    });
  }

  value(ref: SecretRef, call?: Call): Promise<Uint8Array | null> {
    return this.#ask('value', call, () => {
      const secret = this.#find(ref)?.[1];
      if (secret === undefined || secret.isPrivate || secret.value === null) return null;
      return Buffer.from(secret.value);
    });
  }

  definition(ref: SecretRef, call?: Call): Promise<string> {
    return this.#ask('definition', call, () => {
      const found = this.#find(ref);
      if (found === null) throw this.#error('no-secret', `no secret ${ref.uuid ?? ref.usage}`);
      const [uuid, { usageType, usage, isPrivate }] = found;
      return JSON.stringify({ uuid, usageType, usage, isPrivate });
    });
  }

  ensureDefined({ xml, value }: { xml: string; value: Uint8Array }, call?: Call): Promise<void> {
    return this.#ask('ensureDefined', call, () => {
      const { uuid, ...secret } = JSON.parse(xml) as SimulatedSecret & { uuid: string };
      this.#host.secrets.set(uuid, { ...secret, value: Buffer.from(value).toString() });
    });
  }

  ensureUndefined(uuid: string, call?: Call): Promise<void> {
    return this.#ask('ensureUndefined', call, () => {
      this.#host.secrets.delete(uuid);
    });
  }

  #find({ uuid, usageType, usage }: SecretRef): readonly [string, SimulatedSecret] | null {
    for (const [id, secret] of this.#host.secrets) {
      const same = uuid === null ? secret.usageType === usageType && secret.usage === usage : id === uuid;
      if (same) return [id, secret];
    }
    return null;
  }

  #error(code: HypervisorError['code'], message: string): HypervisorError {
    return new HypervisorError(code, this.#host.name, `${this.#host.name}: ${message}`);
  }

  #ask<T>(method: string, call: Call | undefined, work: () => T): Promise<T> {
    return this.#world.faults.gate(this.#host.name, `secrets.${method}`, call, () => {
      if (!this.#host.up) throw this.#error('unreachable', `${this.#host.name} is down`);
      return work();
    });
  }
}
