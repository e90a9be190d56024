import type { EventBody, EventFilter, InstanceBody } from '@ferry/api';
import { useSyncExternalStore } from 'react';
import { ferry } from './ferry.ts';
import { Problem } from './request.ts';
import { queries } from './queries.ts';

/** Whether what the page shows is what there is. */
export type Connection =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'offline'; readonly since: string };

type EventKind = NonNullable<EventFilter['kind']>;

/** Whether anything that is shown is made of it; a kind that is new has to say. */
const isShown = {
  'host.added': true,
  'host.updated': true,
  'host.removed': true,
  'instance.adopted': true,
  'instance.updated': true,
  'migration.updated': true,
  'plan.updated': true,
  'security-group.updated': false,
} as const satisfies Record<EventKind, boolean>;
/** All that there are, webhooks' too. */
export const eventKinds: readonly EventKind[] = Object.keys(isShown) as EventKind[];
const kinds = eventKinds.filter((kind) => isShown[kind]);

/** Events that come together are heeded together. */
const gatherMs = 120;
/** From so many instances on the list is read anew, and not each of them. */
const fewInstances = 40;
/** Between two looks at hosts that nothing was said of. */
const hostsPauseMs = 3_000;
const firstPauseMs = 500;
const longestPauseMs = 10_000;

/** The one stream of events: each tells which of what is shown is old. */
class Live {
  #state: Connection = { kind: 'connecting' };
  #source: EventSource | null = null;
  #after: string | null = null;
  #pauseMs = firstPauseMs;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #isGathering = false;
  #heard: EventBody[] = [];
  readonly #listeners = new Set<() => void>();

  get state(): Connection {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start(): void {
    if (this.#source !== null) return;
    const query = this.#after === null ? '' : `?after=${this.#after}`;
    const source = new EventSource(`/ferry/v1/events${query}`);
    this.#source = source;
    source.addEventListener('open', () => this.#opened());
    // Its own way to try again gives up on any answer but 200, a controller that starts for one.
    source.addEventListener('error', () => this.#broken());
    for (const kind of kinds) source.addEventListener(kind, (event) => this.#hear(event));
  }

  stop(): void {
    this.#source?.close();
    this.#source = null;
    clearTimeout(this.#retry);
    this.#after = null;
    this.#set({ kind: 'connecting' });
  }

  #opened(): void {
    this.#pauseMs = firstPauseMs;
    const wasOffline = this.#state.kind === 'offline';
    this.#set({ kind: 'live' });
    // What happened meanwhile may have been forgotten: all that is shown is read anew.
    if (wasOffline) void queries.invalidateQueries();
  }

  #broken(): void {
    this.#source?.close();
    this.#source = null;
    if (this.#state.kind !== 'offline') this.#set({ kind: 'offline', since: new Date().toISOString() });
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.start(), this.#pauseMs);
    this.#pauseMs = Math.min(this.#pauseMs * 2, longestPauseMs);
    // A session that ended looks the same from here: the answer to this tells.
    void ferry.session().then(
      (session) => queries.setQueryData(['session'], session),
      () => undefined,
    );
  }

  #hear(event: Event): void {
    const { data, lastEventId } = event as MessageEvent<string>;
    this.#after = lastEventId;
    this.#heard.push(JSON.parse(data) as EventBody);
    if (this.#isGathering) return;
    this.#isGathering = true;
    setTimeout(() => {
      const heard = this.#heard;
      this.#heard = [];
      this.#isGathering = false;
      void heed(heard);
    }, gatherMs);
  }

  #set(state: Connection): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

export const live = new Live();

/** Whether events come. */
export function useConnection(): Connection {
  return useSyncExternalStore(
    (listener) => live.subscribe(listener),
    () => live.state,
  );
}

let hostsAreOld = false;

/** Reads anew what events are about. A migration that goes on changes its instance, and what is free on hosts. */
async function heed(events: readonly EventBody[]): Promise<void> {
  const of = (noun: string): Set<string> =>
    new Set(events.filter(({ kind }) => kind.startsWith(`${noun}.`)).map(({ subjectId }) => subjectId));
  const [instances, migrations] = [of('instance'), of('migration')];
  if (of('host').size > 0) void queries.invalidateQueries({ queryKey: ['hosts'] });
  else readHostsSoon();
  if (of('plan').size > 0) {
    void queries.invalidateQueries({ queryKey: ['plans'] });
    for (const id of of('plan')) void queries.invalidateQueries({ queryKey: ['plan', id] });
  }
  if (migrations.size > 0) void queries.invalidateQueries({ queryKey: ['migrations'] });
  if (instances.size + migrations.size > fewInstances) {
    void queries.invalidateQueries({ queryKey: ['migration'] });
    return queries.invalidateQueries({ queryKey: ['instances'] });
  }
  const moved = await Promise.all([...migrations].map(instanceOf));
  await Promise.all([...new Set([...instances, ...moved.flat()])].map(readAnew));
}

/** The list of hosts is long, and what is free on them is no matter of moments. */
function readHostsSoon(): void {
  if (hostsAreOld) return;
  hostsAreOld = true;
  setTimeout(() => {
    hostsAreOld = false;
    void queries.invalidateQueries({ queryKey: ['hosts'] });
  }, hostsPauseMs);
}

/** The instance of a migration, which is read anew with it. */
async function instanceOf(migrationId: string): Promise<string[]> {
  const found = await ferry.migration(migrationId).catch(() => null);
  if (found === null) return [];
  queries.setQueryData(['migration', migrationId], found);
  return [found.instanceId];
}

async function readAnew(id: string): Promise<void> {
  const found = await ferry.instance(id).catch((error: unknown) => {
    if (error instanceof Problem && error.status === 404) return null;
    return undefined;
  });
  if (found === undefined) return;
  if (found !== null) queries.setQueryData(['instance', id], found);
  else void queries.invalidateQueries({ queryKey: ['instance', id] });
  queries.setQueryData<ReadonlyMap<string, InstanceBody>>(['instances'], (all) => {
    if (all === undefined) return all;
    const next = new Map(all);
    if (found === null) next.delete(id);
    else next.set(id, found);
    return next;
  });
}
