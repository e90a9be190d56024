import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ControllerPlace } from './controller-place.ts';
import { LabError } from './lab-error.ts';
import type { RelayRequest } from './udp-relay.ts';
import type { ProbeReport } from './udp-probe.ts';

type RequestContext = RelayRequest extends infer R ? (R extends RelayRequest ? Omit<R, 'id'> : never) : never;

/** UDP with the guests from outside their network, through a relay in the controller's namespace. Started when first used. */
export class GuestLink {
  readonly #ctl: ControllerPlace;
  readonly #waiting = new Map<number, (value: unknown) => void>();
  #relay: ChildProcess | null = null;
  #lastId = 0;

  constructor(ctl: ControllerPlace) {
    this.#ctl = ctl;
  }

  /** The guest's answer; null when none comes in time. */
  async ask(address: string, text: string, timeoutMs = 1000): Promise<string | null> {
    return (await this.#request({ kind: 'ask', address, text, timeoutMs })) as string | null;
  }

  /** Starts a probe; `stop` gives what it saw. */
  async probe(address: string, intervalMs = 10, from?: string): Promise<{ stop(): Promise<ProbeReport> }> {
    const probe = (await this.#request({ kind: 'probe-start', address, intervalMs, from })) as number | null;
    if (probe === null) throw new LabError('No probe without the lab: its controller namespace is gone.');
    return {
      stop: async () => {
        const report = (await this.#request({ kind: 'probe-stop', probe })) as ProbeReport | null;
        if (report === null) throw new LabError('The probe was lost: its process in the lab has ended.');
        return report;
      },
    };
  }

  close(): void {
    this.#relay?.stdin?.end();
    this.#relay = null;
  }

  #request(asked: RequestContext): Promise<unknown> {
    const relay = this.#start();
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#holdWhileWaiting(relay);
      relay.stdin?.write(`${JSON.stringify({ ...asked, id })}\n`);
    });
  }

  #start(): ChildProcess {
    if (this.#relay !== null) return this.#relay;
    const script = join(import.meta.dirname, 'udp-relay.ts');
    const relay = this.#ctl.spawn([process.execPath, script], { stdio: ['pipe', 'pipe', 'ignore'] });
    relay.on('close', () => {
      if (this.#relay === relay) this.#relay = null;
      for (const resolve of this.#waiting.values()) resolve(null);
      this.#waiting.clear();
    });
    relay.on('error', () => undefined);
    relay.stdin?.on('error', () => undefined);
    if (relay.stdout !== null)
      createInterface({ input: relay.stdout }).on('line', (line) => {
        const { id, value } = JSON.parse(line) as { id: number; value: unknown };
        this.#waiting.get(id)?.(value);
        this.#waiting.delete(id);
        this.#holdWhileWaiting(relay);
      });
    this.#relay = relay;
    return relay;
  }

  /** An idle relay does not keep a finished program alive; one that owes an answer does. */
  #holdWhileWaiting(relay: ChildProcess): void {
    for (const part of [relay, relay.stdin as Socket | null, relay.stdout as Socket | null]) {
      if (this.#waiting.size > 0) part?.ref();
      else part?.unref();
    }
  }
}
