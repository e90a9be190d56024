import type { ServerQuery, ServerRecord } from './server-record.ts';

/** Servers that are read at a time: a millisecond or two, and no more is in memory at once than that. */
const batch = 100;

/** How the servers of a page are read. */
export interface ServerReader {
  /** Ids after a marker, in the order that is asked for; null when the marker is not there. */
  idsAfter(marker: string | null, most: number): Promise<readonly string[] | null>;
  /** Those of them that there are, in that order. */
  byIds(ids: readonly string[]): Promise<readonly ServerRecord[]>;
}

/**
 * A page of servers: which ones is known at once, what is told of them is read in batches, between which its reader may
 * let others have their turn.
 */
export class ServerPage {
  readonly #reader: ServerReader;
  readonly #query: ServerQuery;
  /** Ids that are asked for at a time. */
  readonly #most: number;
  /** How many servers have to be looked at, as far as that is known. */
  readonly size: number;
  #ids: readonly string[];
  #found = 0;
  #last: string | null = null;

  private constructor(reader: ServerReader, query: ServerQuery, most: number, ids: readonly string[]) {
    this.#reader = reader;
    this.#query = query;
    this.#most = most;
    this.#ids = ids;
    this.size = ids.length;
  }

  /** Null when the marker is not there. */
  static async of(reader: ServerReader, query: ServerQuery, chunk: number): Promise<ServerPage | null> {
    const most = query.keep === null ? query.limit : chunk;
    const ids = await reader.idsAfter(query.marker, most);
    return ids === null ? null : new ServerPage(reader, query, most, ids);
  }

  /** How many servers have to be looked at, as far as that is known. */

  /** What the next page begins after, once the batches have been read; null: this one is the last. */
  get next(): string | null {
    return this.#found >= this.#query.limit ? this.#last : null;
  }

  /** The servers, once. */
  async *batches(): AsyncGenerator<readonly ServerRecord[]> {
    const { keep, limit } = this.#query;
    while (this.#ids.length > 0) {
      for (let first = 0; first < this.#ids.length; first += batch) {
        const ids = this.#ids.slice(first, first + batch);
        const read = (await this.#reader.byIds(ids)).filter((server) => isStillAsked(server, this.#query));
        const kept = keep === null ? read : read.filter(keep).slice(0, limit - this.#found);
        // One that is gone meanwhile still counts: the page after this one begins where this one ends.
        this.#found += keep === null ? ids.length : kept.length;
        this.#last = (keep === null ? ids.at(-1) : kept.at(-1)?.instance.id) ?? this.#last;
        yield kept;
        if (this.#found >= limit) return;
      }
      this.#ids = keep === null ? [] : await this.#more();
    }
  }

  async #more(): Promise<readonly string[]> {
    const last = this.#ids.at(-1);
    if (last === undefined || this.#ids.length < this.#most) return [];
    // One that is gone for good meanwhile is no marker any more, and what comes after it is not known.
    return (await this.#reader.idsAfter(last, this.#most)) ?? [];
  }
}

/** Between the ids and what is told of them somebody else may have written: whose it is, and whether it is there, holds always. */
function isStillAsked({ profile, deletedAt }: ServerRecord, { projectIds, lives }: ServerQuery): boolean {
  if (projectIds !== null && !projectIds.includes(profile.projectId)) return false;
  return lives === 'all' || (lives === 'deleted') === (deletedAt !== null);
}
