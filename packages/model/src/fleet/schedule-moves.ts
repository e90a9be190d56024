import { EventQueue } from './event-queue.ts';
import type { PlanOptions } from './fleet-plan.ts';
import { changeRoom, type FleetRoom } from './fleet-room.ts';
import { LinkStreams, mayPrepare } from './link-streams.ts';
import { type LinkMap, linksOf, narrowest, wholeMs } from './move-time.ts';
import { groupsAllow, hasRoom, placementItem, type PlacementItem } from './placement-item.ts';
import type { MoveTask, PlanTask, TaskTime } from './plan-task.ts';

/** When each task is done, as reckoned; null for those that can never begin. */
export interface Schedule {
  readonly times: readonly (TaskTime | null)[];
  readonly totalMs: number;
  /** Sum of the ends of all moves: what `soonest-each` makes least. */
  readonly endsMs: number;
}

/** A move that has begun. */
interface Running {
  readonly task: MoveTask;
  readonly links: readonly number[];
  readonly startsAtMs: number;
  phase: 'prepares' | 'prepared' | 'sends' | 'ends';
  round: number;
}

/**
 * List scheduling: whenever something ends, the first tasks of the list that may begin do. A move may begin when what it
 * needs has ended, its target has room beside all that is there or on its way, and source, target and fleet let one more
 * run; it prepares while others send, and sends when its links take one more stream. Both hosts hold the guest while it
 * moves.
 */
export class MoveSchedule {
  readonly #tasks: readonly PlanTask[];
  readonly #room: FleetRoom;
  readonly #map: LinkMap;
  readonly #limits: PlanOptions['limits'];
  readonly #longestFirst: boolean;
  readonly #streams: LinkStreams;
  readonly #events = new EventQueue();
  readonly #missing: number[];
  readonly #followers: number[][];
  /** Moves that need nothing more but room and a slot, by source, each list in its order. */
  readonly #ready: Map<number, number[]> = new Map();
  readonly #places: number[];
  readonly #work: Map<number, number> = new Map();
  readonly #running: Map<number, Running> = new Map();
  readonly #items: Map<number, PlacementItem> = new Map();
  readonly #from: Map<number, number> = new Map();
  readonly #to: Map<number, number> = new Map();
  /** Moves that run by link, and what they use of it when they send. */
  readonly #onLink: Map<number, { moves: number; bytesPerSecond: number }> = new Map();
  readonly #times: (TaskTime | null)[];
  readonly #begun: number[];
  readonly #moved: MoveTask[] = [];
  #now = 0;
  #endsMs = 0;

  /** `order` has the numbers of the moves as they are wanted; the room is changed as they go, and is as it was when all is done. */
  constructor(
    tasks: readonly PlanTask[],
    order: readonly number[],
    room: FleetRoom,
    map: LinkMap,
    { limits, order: goal }: Pick<PlanOptions, 'limits' | 'order'>,
  ) {
    this.#tasks = tasks;
    this.#room = room;
    this.#map = map;
    this.#limits = limits;
    this.#longestFirst = goal === 'soonest-done';
    this.#streams = new LinkStreams(map, limits.perLink);
    this.#times = tasks.map(() => null);
    this.#begun = tasks.map(() => 0);
    this.#missing = tasks.map(({ needs }) => needs.length);
    this.#followers = tasks.map(() => []);
    this.#places = tasks.map(() => 0);
    for (const [place, task] of order.entries()) this.#places[task] = place;
    for (const [number, { needs }] of tasks.entries())
      for (const need of needs) this.#followers[need]?.push(number);
    for (const [number, { needs }] of tasks.entries()) if (needs.length === 0) this.#offer(number);
  }

  run(): Schedule {
    for (;;) {
      this.#beginMoves();
      this.#beginStreams();
      const event = this.#events.pop();
      if (event === undefined) break;
      this.#happen(event.task, event.atMs, event.round);
    }
    for (const { guest, from, to } of this.#moved) {
      changeRoom(this.#room, guest, to, -1);
      changeRoom(this.#room, guest, from, 1);
    }
    return { times: this.#times, totalMs: this.#now, endsMs: this.#endsMs };
  }

  /** What it needs has ended. */
  #offer(number: number): void {
    const task = this.#tasks[number];
    if (task === undefined) return;
    if (task.kind === 'fixed') {
      this.#begun[number] = this.#now;
      this.#events.push({ atMs: this.#now + task.durationMs, task: number, round: 0 });
      return;
    }
    const list = this.#ready.get(task.from) ?? [];
    const place = this.#places[number] ?? 0;
    const at = list.findIndex((other) => (this.#places[other] ?? 0) > place);
    list.splice(at < 0 ? list.length : at, 0, number);
    this.#ready.set(task.from, list);
    this.#addWork(task, 1);
  }

  /** A source with most to send begins first: the longest queue makes the end. */
  #addWork(task: MoveTask, by: 1 | -1): void {
    const time = wholeMs(task.load, narrowest(this.#map, linksOf(this.#map, task.from, task.to)));
    this.#work.set(task.from, (this.#work.get(task.from) ?? 0) + by * time);
  }

  #beginMoves(): void {
    // Mostly the first source has a move that may begin: they are put in order only where some had none.
    for (let failed = 0; failed < 3; ) {
      if (this.#running.size >= this.#limits.fleet) return;
      const source = this.#firstSource();
      if (source === undefined) return;
      if (!this.#beginOne(source)) failed += 1;
    }
    const sources = [...this.#ready.keys()].filter((source) => this.#hasSlot(source));
    for (const source of sources.toSorted((one, other) => this.#compareSources(one, other)))
      while (this.#hasSlot(source) && this.#beginOne(source));
  }

  #firstSource(): number | undefined {
    let first: number | undefined;
    for (const source of this.#ready.keys())
      if (this.#hasSlot(source) && (first === undefined || this.#compareSources(source, first) < 0))
        first = source;
    return first;
  }

  /** By the rank of the first move of each; then the longest queue, for it makes the end, or the first in the order. */
  #compareSources(one: number, other: number): number {
    const [first = -1] = this.#ready.get(one) ?? [];
    const [second = -1] = this.#ready.get(other) ?? [];
    const byRank = this.#rankOf(second) - this.#rankOf(first);
    if (byRank !== 0) return byRank;
    const byWork = this.#longestFirst ? (this.#work.get(other) ?? 0) - (this.#work.get(one) ?? 0) : 0;
    return byWork || (this.#places[first] ?? 0) - (this.#places[second] ?? 0);
  }

  #rankOf(number: number): number {
    const task = this.#tasks[number];
    return task?.kind === 'move' ? task.rank : 0;
  }

  #hasSlot(source: number): boolean {
    return (this.#from.get(source) ?? 0) < this.#limits.perSource && this.#running.size < this.#limits.fleet;
  }

  /** Begins the first of a source that may, one whose way is free before one that would wait for a stream. */
  #beginOne(source: number): boolean {
    const list = this.#ready.get(source) ?? [];
    let second: number | undefined;
    for (const number of list) {
      const task = this.#tasks[number];
      if (task?.kind !== 'move' || !this.#mayBegin(number, task)) continue;
      if ((this.#to.get(task.to) ?? 0) === 0) return this.#begin(number, task);
      second ??= number;
    }
    const task = this.#tasks[second ?? -1];
    return second !== undefined && task?.kind === 'move' && this.#begin(second, task);
  }

  #mayBegin(number: number, task: MoveTask): boolean {
    if ((this.#to.get(task.to) ?? 0) >= this.#limits.perTarget) return false;
    const links = this.#linksOf(task);
    const own = narrowest(this.#map, links);
    for (const link of links) {
      const on = this.#onLink.get(link) ?? { moves: 0, bytesPerSecond: 0 };
      if (!mayPrepare(on, own, this.#limits.perLink, this.#map.bytesPerSecond[link] ?? 0)) return false;
    }
    const item = this.#items.get(number) ?? lone(this.#room, task);
    this.#items.set(number, item);
    return hasRoom(this.#room, item, task.to) && groupsAllow(this.#room, item, task.to);
  }

  #begin(number: number, task: MoveTask): true {
    const list = (this.#ready.get(task.from) ?? []).filter((other) => other !== number);
    if (list.length === 0) this.#ready.delete(task.from);
    else this.#ready.set(task.from, list);
    this.#addWork(task, -1);
    changeRoom(this.#room, task.guest, task.to, 1);
    this.#takeSlots(task, 1);
    const links = this.#linksOf(task);
    this.#useLinks(links, 1);
    this.#running.set(number, { task, links, startsAtMs: this.#now, phase: 'prepares', round: 0 });
    this.#events.push({ atMs: this.#now + task.load.prepareMs, task: number, round: 0 });
    return true;
  }

  /** What is started anew does not leave a host, for that one is off. */
  #takeSlots({ from, to, how }: MoveTask, by: 1 | -1): void {
    if (how !== 'evacuate') this.#from.set(from, (this.#from.get(from) ?? 0) + by);
    this.#to.set(to, (this.#to.get(to) ?? 0) + by);
  }

  #linksOf({ how, from, to }: MoveTask): number[] {
    return how === 'evacuate' ? [] : linksOf(this.#map, from, to);
  }

  #useLinks(links: readonly number[], by: 1 | -1): void {
    const used = by * narrowest(this.#map, links);
    for (const link of links) {
      const { moves = 0, bytesPerSecond = 0 } = this.#onLink.get(link) ?? {};
      this.#onLink.set(link, { moves: moves + by, bytesPerSecond: bytesPerSecond + used });
    }
  }

  #beginStreams(): void {
    for (const [number, running] of this.#running) {
      if (running.phase !== 'prepared' || !this.#streams.takes(running.links)) continue;
      running.phase = 'sends';
      const { bytes, dirtyBytesPerSecond } = running.task.load;
      this.#reckon(this.#streams.begin(number, running.links, bytes, dirtyBytesPerSecond, this.#now));
    }
  }

  /** Transfers whose end changed get a new event; the old one is of a round that is over. */
  #reckon(ends: ReadonlyMap<number, number>): void {
    for (const [number, atMs] of ends) {
      const running = this.#running.get(number);
      if (running === undefined) continue;
      running.round += 1;
      this.#events.push({ atMs, task: number, round: running.round });
    }
  }

  #happen(number: number, atMs: number, round: number): void {
    const running = this.#running.get(number);
    if (this.#tasks[number]?.kind === 'fixed') {
      this.#now = atMs;
      return this.#ended(number, this.#begun[number] ?? 0);
    }
    if (running === undefined || running.round !== round) return;
    this.#now = atMs;
    switch (running.phase) {
      case 'prepares':
      case 'prepared':
        running.phase = 'prepared';
        if (running.links.length === 0) this.#finish(number, running);
        return;
      case 'sends':
        this.#reckon(this.#streams.end(number, atMs));
        return this.#finish(number, running);
      case 'ends':
        this.#running.delete(number);
        this.#useLinks(running.links, -1);
        changeRoom(this.#room, running.task.guest, running.task.from, -1);
        this.#moved.push(running.task);
        this.#takeSlots(running.task, -1);
        this.#endsMs += atMs;
        return this.#ended(number, running.startsAtMs);
    }
  }

  #finish(number: number, running: Running): void {
    running.phase = 'ends';
    running.round += 1;
    const atMs = this.#now + running.task.load.downtimeMs;
    this.#events.push({ atMs, task: number, round: running.round });
  }

  #ended(number: number, startsAtMs: number): void {
    this.#times[number] = { startsAtMs, endsAtMs: this.#now };
    for (const follower of this.#followers[number] ?? []) {
      const left = (this.#missing[follower] ?? 1) - 1;
      this.#missing[follower] = left;
      if (left === 0) this.#offer(follower);
    }
  }
}

/**
 * The guest alone, for what its target must have at the moment of its begin. Affinity is left to the plan, which has all
 * members on one host at its end: on the way they are on two.
 */
function lone(room: FleetRoom, task: MoveTask): PlacementItem {
  return { ...placementItem(room.index, [task.guest], task.from), affine: [] };
}
