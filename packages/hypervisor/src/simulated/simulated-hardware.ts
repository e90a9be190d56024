import type { DeviceAddress, HardwareFacts } from '@ferry/model';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import type { HostHardware } from '../contract/host-hardware.ts';
import type { SimulatedHostState } from './simulated-state.ts';
import type { SimulatedWorld } from './simulated-world.ts';

/** The hardware of a simulated host. */
export class SimulatedHardware implements HostHardware {
  readonly #world: SimulatedWorld;
  readonly #host: SimulatedHostState;

  constructor(world: SimulatedWorld, host: SimulatedHostState) {
    this.#world = world;
    this.#host = host;
  }

  facts(call?: Call): Promise<HardwareFacts> {
    return this.#ask('facts', call, () => this.#host.hardware);
  }

  device({ address }: DeviceAddress, call?: Call): Promise<string | null> {
    return this.#ask('device', call, () => this.#host.hardware.devices.get(address) ?? null);
  }

  isEmulator(path: string, call?: Call): Promise<boolean> {
    return this.#ask('isEmulator', call, () => path.startsWith('/usr/bin/qemu-'));
  }

  processor(call?: Call): Promise<string> {
    return this.#ask('processor', call, () => {
      const { model, features } = this.#host.hardware.cpu;
      const told = features.map((name) => `<feature policy='require' name='${name}'/>`);
      return `<cpu mode='custom' match='exact'><model>${model}</model>${told.join('')}</cpu>`;
    });
  }

  commonProcessor(processors: readonly string[], call?: Call): Promise<string> {
    return this.#ask('commonProcessor', call, () => {
      const [first = '', ...others] = processors;
      return first.replaceAll(/<feature [^>]*>/g, (feature) =>
        others.every((one) => one.includes(feature)) ? feature : '',
      );
    });
  }

  #ask<T>(method: string, call: Call | undefined, work: () => T): Promise<T> {
    const { name } = this.#host;
    return this.#world.faults.gate(name, `hardware.${method}`, call, () => {
      if (!this.#host.up) throw new HypervisorError('unreachable', name, `${name} is down`);
      return work();
    });
  }
}
