import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import type { ConsolePorts, ConsoleStream, HostConsoles } from '../contract/host-guests.ts';
import { pngOf } from '../picture.ts';
import { consolePorts } from '../xml/console-ports.ts';
import type { SimulatedDomain, SimulatedHostState } from './simulated-state.ts';
import type { SimulatedWorld } from './simulated-world.ts';

const running: ReadonlySet<SimulatedDomain['state']> = new Set(['running', 'paused']);
const lookMs = 5;

/** Consoles that say back what they are told. A screen greets as a VNC server does, and then echoes too. */
export class SimulatedConsoles implements HostConsoles {
  readonly #world: SimulatedWorld;
  readonly #host: SimulatedHostState;

  constructor(world: SimulatedWorld, host: SimulatedHostState) {
    this.#world = world;
    this.#host = host;
  }

  ports(id: string, call?: Call): Promise<ConsolePorts> {
    return this.#ask('ports', call, () => consolePorts(this.#need(id).xml));
  }

  openSerial(id: string, { force }: { force: boolean }, call?: Call): Promise<ConsoleStream> {
    return this.#ask('openSerial', call, () => {
      const domain = this.#need(id);
      if (consolePorts(domain.xml).serial === null)
        throw this.#error('no-console', `domain ${id} has no serial port of the type pty`);
      const there = this.#world.openConsoles.get(domain);
      if (there !== undefined && !force)
        throw this.#error('console-in-use', 'Active console session exists for this domain');
      void there?.close();
      const console = this.#open(id, domain);
      this.#world.openConsoles.set(domain, console);
      return console;
    });
  }

  openVnc(id: string, _options: { readonly tls: boolean }, call?: Call): Promise<ConsoleStream> {
    return this.#ask('openVnc', call, () => {
      const domain = this.#need(id);
      const { vnc } = consolePorts(domain.xml);
      if (vnc === null) throw this.#error('no-console', `domain ${id} has no VNC screen`);
      if (!this.#host.screensReached)
        throw this.#error(
          'no-console',
          `the screen listens on ${vnc.address}:${vnc.port}, which is not reached`,
        );
      const console = this.#open(id, domain);
      console.say(Buffer.from('RFB 003.008\n'));
      return console;
    });
  }

  /** The same picture of a guest wherever it runs: its memory is what it was. */
  async screenshot(id: string, call?: Call): Promise<Uint8Array> {
    const [width, height] = [320, 200];
    const shade = await this.#ask('screenshot', call, () => {
      this.#need(id);
      return Buffer.from(id).reduce((sum, byte) => (sum * 31 + byte) % 251, 7);
    });
    const pixels = Buffer.from(
      Array.from({ length: width * height * 3 }, (_none, at) => (shade * ((at % 3) + 1) + at / 960) % 256),
    );
    return pngOf({ width, height, pixels });
  }

  /** It ends when the guest does not run here any more. */
  #open(id: string, domain: SimulatedDomain): Echo {
    const watch = setInterval(() => {
      if (this.#host.domains.get(id) !== domain || !running.has(domain.state)) void console.close();
    }, lookMs);
    const console = new Echo(() => {
      clearInterval(watch);
      if (this.#world.openConsoles.get(domain) === console) this.#world.openConsoles.delete(domain);
    });
    return console;
  }

  #need(id: string): SimulatedDomain {
    const domain = this.#host.domains.get(id);
    if (domain === undefined) throw this.#error('no-domain', `no domain ${id}`);
    if (!running.has(domain.state) || domain.incomingFrom !== null)
      throw this.#error('wrong-state', `domain ${id} does not run: it has no console`);
    return domain;
  }

  #ask<T>(method: string, call: Call | undefined, work: () => T): Promise<T> {
    return this.#world.faults.gate(this.#host.name, `consoles.${method}`, call, () => {
      if (!this.#host.up) throw this.#error('unreachable', 'it is down');
      return work();
    });
  }

  #error(code: HypervisorError['code'], message: string): HypervisorError {
    return new HypervisorError(code, this.#host.name, `${this.#host.name}: ${message}`);
  }
}

class Echo implements ConsoleStream {
  readonly #said: Uint8Array[] = [];
  readonly #onEnd: () => void;
  #wake = Promise.withResolvers<void>();
  #ended = false;

  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const next = this.#said.shift();
      if (next !== undefined) yield next;
      else if (this.#ended) return;
      else await this.#wake.promise;
    }
  }

  say(bytes: Uint8Array): void {
    this.#said.push(bytes);
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }

  write(bytes: Uint8Array): Promise<void> {
    if (this.#ended) return Promise.reject(new Error('the console has ended'));
    this.say(Uint8Array.from(bytes));
    return Promise.resolve();
  }

  close(): Promise<void> {
    if (this.#ended) return Promise.resolve();
    this.#ended = true;
    this.#onEnd();
    this.#wake.resolve();
    return Promise.resolve();
  }
}
