import { join } from 'node:path';
import type { ImageFacts, PoolFacts } from '@ferry/model';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import type { HostPools, PoolRoom, PoolVolume } from '../contract/host-pools.ts';
import { SimulatedFiles } from './simulated-files.ts';
import type { SimulatedHostState, SimulatedPool } from './simulated-state.ts';
import type { SimulatedWorld } from './simulated-world.ts';

const gibibyte = 1024 ** 3;

/** Storage pools of a simulated host. A pool's definition is its description as JSON. */
export class SimulatedPools implements HostPools {
  readonly #world: SimulatedWorld;
  readonly #host: SimulatedHostState;

  constructor(world: SimulatedWorld, host: SimulatedHostState) {
    this.#world = world;
    this.#host = host;
  }

  directories(call?: Call): Promise<readonly string[]> {
    return this.#ask('directories', call, () =>
      [...this.#host.pools.values()].flatMap(({ directory }) => directory ?? []),
    );
  }

  pool(name: string, call?: Call): Promise<PoolFacts | null> {
    return this.#ask('pool', call, () => {
      const found = this.#host.pools.get(name);
      if (found === undefined) return null;
      const { type, active, directory, source } = found;
      return { type, active, directory, source, secrets: [] };
    });
  }

  room(name: string, call?: Call): Promise<PoolRoom | null> {
    return this.#ask('room', call, () => {
      const { active = false, roomBytes = 100 * gibibyte } = this.#host.pools.get(name) ?? {};
      return active ? { capacityBytes: roomBytes, availableBytes: roomBytes } : null;
    });
  }

  volumePath(pool: string, volume: string, call?: Call): Promise<string | null> {
    return this.#ask('volumePath', call, () => {
      const { directory = null } = this.#host.pools.get(pool) ?? {};
      const path = directory === null ? null : join(directory, volume);
      return path === null || new SimulatedFiles(this.#host).file(path) === null ? null : path;
    });
  }

  volume(pool: string, volume: string, call?: Call): Promise<PoolVolume | null> {
    return this.#ask('volume', call, () => {
      const file = this.#file(pool, volume);
      if (file === null || this.#host.pools.get(pool)?.active !== true) return null;
      const { path, format, capacityBytes } = file;
      return { path, format, capacityBytes };
    });
  }

  ensureVolume(
    pool: string,
    { name, format, capacityBytes }: { name: string; format: string; capacityBytes: number },
    call?: Call,
  ): Promise<'made' | 'was-there'> {
    return this.#ask('ensureVolume', call, () => {
      const { directory, active } = this.#need(pool);
      if (!active || directory === null) throw this.#error('wrong-state', `pool ${pool} is not active`);
      const there = this.#file(pool, name);
      if (there !== null) {
        if (there.format === format && there.capacityBytes === capacityBytes) return 'was-there';
        throw this.#error('exists', `storage volume '${name}' exists already`);
      }
      const file = { format, capacityBytes, backing: null, owner: null, content: 'new' };
      new SimulatedFiles(this.#host).write(join(directory, name), file);
      return 'made';
    });
  }

  ensureNoVolume(pool: string, volume: string, call?: Call): Promise<void> {
    return this.#ask('ensureNoVolume', call, () => {
      const file = this.#file(pool, volume);
      if (file !== null) new SimulatedFiles(this.#host).remove(file.path);
    });
  }

  definition(name: string, call?: Call): Promise<{ xml: string; autostart: boolean }> {
    return this.#ask('definition', call, () => ({
      xml: JSON.stringify(this.#need(name)),
      autostart: this.#need(name).autostart,
    }));
  }

  ensureDefined(
    { name, xml, autostart }: { name: string; xml: string; autostart: boolean },
    call?: Call,
  ): Promise<void> {
    return this.#ask('ensureDefined', call, () => {
      if (this.#host.pools.has(name)) return;
      this.#host.pools.set(name, { ...(JSON.parse(xml) as SimulatedPool), active: false, autostart });
    });
  }

  ensureActive(name: string, call?: Call): Promise<void> {
    return this.#ask('ensureActive', call, () => {
      this.#need(name).active = true;
    });
  }

  ensureInactive(name: string, call?: Call): Promise<void> {
    return this.#ask('ensureInactive', call, () => {
      const found = this.#host.pools.get(name);
      if (found !== undefined) found.active = false;
    });
  }

  ensureUndefined(name: string, call?: Call): Promise<void> {
    return this.#ask('ensureUndefined', call, () => {
      this.#host.pools.delete(name);
    });
  }

  #file(pool: string, volume: string): ImageFacts | null {
    const { directory = null } = this.#host.pools.get(pool) ?? {};
    return directory === null ? null : new SimulatedFiles(this.#host).image(join(directory, volume));
  }

  #need(name: string): SimulatedPool {
    const found = this.#host.pools.get(name);
    if (found === undefined) throw this.#error('no-image', `no pool ${name}`);
    return found;
  }

  #error(code: HypervisorError['code'], message: string): HypervisorError {
    return new HypervisorError(code, this.#host.name, `${this.#host.name}: ${message}`);
  }

  #ask<T>(method: string, call: Call | undefined, work: () => T): Promise<T> {
    return this.#world.faults.gate(this.#host.name, `pools.${method}`, call, () => {
      if (!this.#host.up) throw this.#error('unreachable', `${this.#host.name} is down`);
      return work();
    });
  }
}
