import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import { Places } from '../../operations/engine/keyed-lock.ts';
import type { App } from './api.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Where long lists of all APIs wait for their turn. A thousand servers take some ten milliseconds, and 32 clients that
     * ask for them at once would keep everybody else from being answered for seconds.
     */
    longLists: Places;
  }
}

/** Entries that a list may have without waiting for its turn: they keep others waiting for no longer than one request does. */
const fewEntries = 100;
/** Entries of a slice: a millisecond or two of the processor. */
const sliceEntries = 50;
/** One can be told while the database looks for the other. */
const atOnce = 2;

/**
 * The JSON of `{[name]: entries, ...rest}`, to the letter as `JSON.stringify` writes it, put together in slices between
 * which all other requests have their turn.
 */
export class JsonList {
  readonly #name: string;
  readonly #slices: string[] = [];

  constructor(name: string) {
    this.#name = name;
  }

  /** Adds entries, each as `view` shows it. */
  async add<T>(items: readonly T[], view: (item: T) => object): Promise<void> {
    for (let first = 0; first < items.length; first += sliceEntries) {
      if (this.#slices.length > 0) await nextTurn();
      const slice = items.slice(first, first + sliceEntries);
      this.#slices.push(JSON.stringify(slice.map((item) => view(item))).slice(1, -1));
    }
  }

  /** All of it, with what stands beside the list. */
  end(rest: object): string {
    const others = JSON.stringify(rest).slice(1, -1);
    const entries = this.#slices.join(',');
    return `{${JSON.stringify(this.#name)}:[${entries}]${others === '' ? '' : `,${others}`}}`;
  }
}

/** Gives the APIs what their long lists wait by. Before any route. */
export function takeTurnsWithLongLists(app: App): void {
  app.decorate('longLists', new Places(atOnce));
}

/**
 * Sends a list under the same heads as an object. `fill` adds its entries and gives what stands beside them; a list of
 * many (`size`) waits for its turn to do so.
 */
export async function sendList(
  reply: FastifyReply,
  name: string,
  size: number,
  fill: (list: JsonList) => Promise<object>,
): Promise<FastifyReply> {
  const tell = async (): Promise<string> => {
    const list = new JsonList(name);
    return list.end(await fill(list));
  };
  const json = await (size > fewEntries ? reply.server.longLists.with(tell) : tell());
  return reply.type('application/json; charset=utf-8').send(json);
}
