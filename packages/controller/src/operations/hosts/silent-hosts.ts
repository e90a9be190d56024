import { type Hypervisor, HypervisorError, type HypervisorHost } from '@ferry/hypervisor';

/** The first pause between two wakings for one host, milliseconds; it doubles with each, up to the longest. */
const firstPauseMs = 1_000;

/** A host that did not answer. */
interface SilentHost {
  asking: boolean;
}

interface Waking {
  readonly at: number;
  readonly pauseMs: number;
}

/**
 * Remembers which hosts did not answer a call, and asks them whether they do again, so that what waits for one goes on
 * when it is back and not with the next round. A host that answers this question and nothing else does not make what
 * waits for it spin: each waking for the same host comes after a longer pause.
 */
export class SilentHosts {
  readonly #silent = new Map<string, SilentHost>();
  readonly #wakings = new Map<string, Waking>();
  readonly #longestPauseMs: number;
  readonly #now: () => number;

  constructor(longestPauseMs: number, now: () => number = () => performance.now()) {
    this.#longestPauseMs = longestPauseMs;
    this.#now = now;
  }

  /** The same hosts; each call that one of them does not answer is noted. */
  noting(hypervisor: Hypervisor): Hypervisor {
    return {
      host: (uri) => noting<HypervisorHost>(hypervisor.host(uri), () => this.#note(uri)),
      close: () => hypervisor.close(),
    };
  }

  /** Whether there is a host to ask. */
  get any(): boolean {
    return this.#silent.size > 0;
  }

  /**
   * Asks those that were silent, each once at a time and none of them waited for; `returned` is called for each that
   * answers again. Those that are not among the `known` are forgotten: one that was refused is never asked again.
   */
  ask(
    hypervisor: Hypervisor,
    { known, deadlineMs }: { readonly known: ReadonlySet<string>; readonly deadlineMs: number },
    returned: (uri: string) => void,
  ): void {
    for (const [uri, host] of this.#silent) {
      if (!known.has(uri)) {
        this.#silent.delete(uri);
        continue;
      }
      if (host.asking || !this.#mayWake(uri)) continue;
      host.asking = true;
      void hypervisor
        .host(uri)
        .facts({ deadlineMs })
        .then(
          () => {
            this.#silent.delete(uri);
            this.#woke(uri);
            returned(uri);
          },
          () => {
            host.asking = false;
          },
        );
    }
  }

  #note(uri: string): void {
    if (!this.#silent.has(uri)) this.#silent.set(uri, { asking: false });
  }

  #mayWake(uri: string): boolean {
    const last = this.#wakings.get(uri);
    return last === undefined || this.#now() - last.at >= last.pauseMs;
  }

  #woke(uri: string): void {
    const last = this.#wakings.get(uri);
    const at = this.#now();
    // One that was there for long since the last time begins anew.
    const isAgain = last !== undefined && at - last.at < last.pauseMs + this.#longestPauseMs;
    const pauseMs = isAgain ? Math.min(last.pauseMs * 2, this.#longestPauseMs) : firstPauseMs;
    this.#wakings.set(uri, { at, pauseMs });
  }
}

/** The same object; what its functions, or those of its parts, promise and a host did not answer is told. */
function noting<T extends object>(target: T, silent: () => void): T {
  return new Proxy(target, {
    get: (_, property): unknown => {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value === 'function')
        return (...args: unknown[]): unknown => {
          const answer: unknown = Reflect.apply(value, target, args);
          if (answer instanceof Promise)
            answer.then(
              (told) => {
                if (isUnreachable(told)) silent();
              },
              (error: unknown) => {
                if (isSilence(error)) silent();
              },
            );
          return answer;
        };
      return typeof value === 'object' && value !== null ? noting(value, silent) : value;
    },
  });
}

function isSilence(error: unknown): boolean {
  return error instanceof HypervisorError && (error.code === 'unreachable' || error.code === 'deadline');
}

/** A sighting tells in words that the host did not answer. */
function isUnreachable(told: unknown): boolean {
  return typeof told === 'object' && told !== null && 'kind' in told && told.kind === 'unreachable';
}
