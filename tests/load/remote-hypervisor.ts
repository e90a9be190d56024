import { EventEmitter, on as listen } from 'node:events';
import { type Hypervisor, HypervisorError, type HypervisorHost } from '@ferry/hypervisor';
import { type FromHosts, signalHere, type ToHosts, type ToldError } from './ask-of-hosts.ts';

type Answer = Extract<FromHosts, { readonly kind: 'answer' | 'opened' }>;

interface Waiting {
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

/**
 * Simulated hosts that another process holds, which has started this one. Calls that carry streams are not there; hosts tell
 * nothing by themselves.
 */
export class RemoteHypervisor implements Hypervisor {
  readonly #hosts = new Map<string, HypervisorHost>();
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;

  constructor() {
    process.on('message', (message: FromHosts) => {
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if (message.kind === 'error') waiting?.reject(errorOf(message.error));
      else waiting?.resolve(message);
    });
  }

  host(uri: string): HypervisorHost {
    const known = this.#hosts.get(uri);
    if (known !== undefined) return known;
    const host = new Proxy({} as HypervisorHost, {
      get: (_, name): unknown => {
        if (name === 'uri') return uri;
        if (name === 'shell') return null;
        if (name === 'facts') return (...args: unknown[]) => this.#ask(uri, 'facts', args);
        if (name === 'close') return () => Promise.resolve();
        return this.#part(uri, `${String(name)}.`);
      },
    });
    this.#hosts.set(uri, host);
    return host;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #part(on: string | number, path: string): object {
    return new Proxy(
      {},
      {
        get: (_, name): unknown => {
          // What is given by a promise is asked whether it is one itself.
          if (name === 'then') return undefined;
          // What is done meanwhile is a function, which no message carries: nobody holds it, and locks are seen not to.
          if (name === 'whileImageLocked')
            return async (
              directory: string,
              look: (path: string, isLocked: boolean) => Promise<unknown>,
            ) => ({
              held: await look(`${directory}/probe`, true),
              free: await look(`${directory}/probe`, false),
            });
          if (name === 'events') return (_id: string, signal: AbortSignal) => silence(signal);
          return (...args: unknown[]) => this.#ask(on, `${path}${String(name)}`, args);
        },
      },
    );
  }

  async #ask(on: string | number, method: string, args: readonly unknown[]): Promise<unknown> {
    const signal = args.map(signalOf).find((one) => one !== undefined);
    signal?.throwIfAborted();
    this.#asked += 1;
    const id = this.#asked;
    const giveUp = (): void => send({ kind: 'give-up', id });
    signal?.addEventListener('abort', giveUp, { once: true });
    try {
      const answer = await new Promise<Answer>((resolve, reject) => {
        this.#waiting.set(id, { resolve, reject });
        send({ kind: 'ask', id, on, method, args: args.map(withoutSignal) });
      });
      return answer.kind === 'opened' ? this.#part(answer.end, '') : answer.value;
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener('abort', giveUp);
    }
  }
}

function send(message: ToHosts): void {
  process.send?.(message);
}

function signalOf(arg: unknown): AbortSignal | undefined {
  if (typeof arg !== 'object' || arg === null || !('signal' in arg)) return undefined;
  return arg.signal instanceof AbortSignal ? arg.signal : undefined;
}

function withoutSignal(arg: unknown): unknown {
  return signalOf(arg) === undefined ? arg : { ...(arg as object), signal: signalHere };
}

function errorOf({ message, ofHost }: ToldError): Error {
  if (ofHost === null) return new Error(message);
  return new HypervisorError(ofHost.code, ofHost.host, message, { mayHaveRun: ofHost.mayHaveRun });
}

/** Nothing is told, until nobody listens any more. */
function silence(signal: AbortSignal): AsyncIterable<unknown> {
  return listen(new EventEmitter(), 'told', { signal });
}
