/** Something that happens at a time of a reckoned schedule, milliseconds from its begin. */
export interface QueuedEvent {
  readonly atMs: number;
  /** Which task it is of. */
  readonly task: number;
  /** The round of the task that it was made for: one that is out of date is passed over. */
  readonly round: number;
}

/** Events by time, and of the same time by task: a binary heap. */
export class EventQueue {
  readonly #heap: QueuedEvent[] = [];

  push(event: QueuedEvent): void {
    const heap = this.#heap;
    let child = heap.length;
    heap.push(event);
    while (child > 0) {
      const parent = (child - 1) >> 1;
      const above = heap[parent] ?? event;
      if (!before(event, above)) break;
      heap[child] = above;
      child = parent;
    }
    heap[child] = event;
  }

  pop(): QueuedEvent | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let parent = 0;
    for (;;) {
      let child = 2 * parent + 1;
      const left = heap[child];
      if (left === undefined) break;
      const right = heap[child + 1];
      const smaller = right !== undefined && before(right, left) ? right : left;
      if (smaller === right) child += 1;
      if (!before(smaller, last)) break;
      heap[parent] = smaller;
      parent = child;
    }
    heap[parent] = last;
    return first;
  }
}

function before(one: QueuedEvent, other: QueuedEvent): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.task < other.task);
}
