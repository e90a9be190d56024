import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';

/** What can be asked to go wrong with one call to one host. */
export type Fault =
  /** The host does not answer; nothing is done. */
  | 'unreachable'
  /** The call waits until its deadline or its signal; nothing is done. */
  | 'hang'
  /** The hypervisor refuses; nothing is done. */
  | 'refuse'
  /** It is done, but the answer gets lost. */
  | 'reply-lost'
  /** It is done, and the call waits until its deadline or its signal for the answer. */
  | 'reply-hangs';

interface Planned {
  readonly host: string;
  readonly method: string;
  readonly fault: Fault;
  times: number;
}

/** Faults on request, by host and method (`migration.finish`, `storage.ensureImage`). */
export class Faults {
  readonly #planned: Planned[] = [];
  /** Every call made, as `host method`, for tests that ask what was done. */
  readonly calls: string[] = [];
  readonly #hung: string[] = [];
  readonly #happenings: { readonly host: string; readonly method: string; readonly what: Happening }[] = [];
  /** Asked at each call for a fault that strikes it. */
  choose: ((host: string, method: string) => Fault | null) | null = null;
  /** Told of each call that was made, before its caller hears of its end. */
  afterwards: ((host: string, method: string) => void) | null = null;

  /** How many calls have hung so far, their effect done where the fault says so. */
  hung(host: string, method: string): number {
    return this.#hung.filter((one) => one === `${host} ${method}`).length;
  }

  plan(host: string, method: string, fault: Fault, times = 1): void {
    this.#planned.push({ host, method, fault, times });
  }

  /** Has something happen in the world once, after a host was asked and before it answers: for looks that cross a change. */
  before(host: string, method: string, what: Happening): void {
    this.#happenings.push({ host, method, what });
  }

  /** Takes back what was planned, for one method or for all, and has not struck. */
  clear(method?: string): void {
    const kept = this.#planned.filter((one) => method !== undefined && one.method !== method);
    this.#planned.splice(0, this.#planned.length, ...kept);
  }

  /** Runs the work of a call, with the fault planned for it. */
  async gate<T>(
    host: string,
    method: string,
    call: Call | undefined,
    work: () => T | Promise<T>,
  ): Promise<T> {
    this.calls.push(`${host} ${method}`);
    call?.signal?.throwIfAborted();
    await this.#happen(host, method);
    const fault = this.#strike(host, method);
    try {
      return await this.#pass(host, method, call, fault, work);
    } finally {
      this.afterwards?.(host, method);
    }
  }

  async #pass<T>(
    host: string,
    method: string,
    call: Call | undefined,
    fault: Fault | null,
    work: () => T | Promise<T>,
  ): Promise<T> {
    switch (fault) {
      case null:
        return work();
      case 'unreachable':
        throw new HypervisorError('unreachable', host, `${host} does not answer`);
      case 'refuse':
        throw new HypervisorError('refused', host, `${host} refused ${method}`);
      case 'hang':
        this.#hung.push(`${host} ${method}`);
        return hang(host, method, call);
      case 'reply-lost':
        await work();
        throw new HypervisorError('unreachable', host, `${host}: the answer to ${method} got lost`, {
          mayHaveRun: true,
        });
      case 'reply-hangs':
        await work();
        this.#hung.push(`${host} ${method}`);
        return hang(host, method, call);
    }
  }

  #strike(host: string, method: string): Fault | null {
    const planned = this.#planned.find((one) => one.host === host && one.method === method && one.times > 0);
    if (planned === undefined) return this.choose?.(host, method) ?? null;
    planned.times -= 1;
    return planned.fault;
  }

  async #happen(host: string, method: string): Promise<void> {
    const index = this.#happenings.findIndex((one) => one.host === host && one.method === method);
    if (index !== -1) await this.#happenings.splice(index, 1)[0]?.what();
  }
}

type Happening = () => void | Promise<void>;

/** Without a deadline a call lasts until the client misses the host's signs of life. */
const keepAliveMs = 30_000;

/** Waits for the caller's deadline or signal. */
async function hang(host: string, method: string, call: Call | undefined): Promise<never> {
  const asked = call?.deadlineMs ?? keepAliveMs;
  const deadlineMs = Number.isFinite(asked) ? asked : keepAliveMs;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, deadlineMs);
    const end = (): void => {
      clearTimeout(timer);
      resolve();
    };
    if (call?.signal?.aborted === true) end();
    else call?.signal?.addEventListener('abort', end, { once: true });
  });
  call?.signal?.throwIfAborted();
  throw new HypervisorError('deadline', host, `${host}: no answer to ${method} within ${deadlineMs} ms`, {
    mayHaveRun: true,
  });
}
