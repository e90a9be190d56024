import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { RelayRequest } from './udp-relay.ts';
import type { ProbeReport } from './udp-probe.ts';

type Asked = RelayRequest extends infer R ? (R extends RelayRequest ? Omit<R, 'id'> : never) : never;

/** UDP with the guests from outside their network, through a relay in the controller's namespace. Started when first used. */
export class GuestLink {
  readonly #namespace: string;
  readonly #waiting = new Map<number, (value: unknown) => void>();
  #relay: ChildProcess | null = null;
  #lastId = 0;

  constructor(namespace: string) {
    this.#namespace = namespace;
  }

  /** The guest's answer; null when none comes in time. */
  async ask(address: string, text: string, timeoutMs = 1000): Promise<string | null> {
    return (await this.#request({ kind: 'ask', address, text, timeoutMs })) as string | null;
  }

  /** Starts a probe; `stop` gives what it saw. */
  async probe(address: string, intervalMs = 10): Promise<{ stop(): Promise<ProbeReport> }> {
    const probe = (await this.#request({ kind: 'probe-start', address, intervalMs })) as number;
    return { stop: async () => (await this.#request({ kind: 'probe-stop', probe })) as ProbeReport };
  }

  close(): void {
    this.#relay?.stdin?.end();
    this.#relay = null;
  }

  #request(asked: Asked): Promise<unknown> {
    const relay = this.#start();
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      relay.stdin?.write(`${JSON.stringify({ ...asked, id })}\n`);
    });
  }

  #start(): ChildProcess {
    if (this.#relay !== null) return this.#relay;
    const script = join(import.meta.dirname, 'udp-relay.ts');
    const relay = spawn('ip', ['netns', 'exec', this.#namespace, process.execPath, script], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    relay.on('exit', () => {
      this.#relay = null;
      for (const resolve of this.#waiting.values()) resolve(null);
      this.#waiting.clear();
    });
    relay.stdin.on('error', () => undefined);
    createInterface({ input: relay.stdout }).on('line', (line) => {
      const { id, value } = JSON.parse(line) as { id: number; value: unknown };
      this.#waiting.get(id)?.(value);
      this.#waiting.delete(id);
    });
    // The relay must not keep a finished program alive.
    relay.unref();
    this.#relay = relay;
    return relay;
  }
}
