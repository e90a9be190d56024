import { setTimeout as sleep } from 'node:timers/promises';
import type { EventFilter, FerryClient, MigrationBody, PlanDetailBody, PlanStepBody } from '@ferry/api';
import { formatProgress } from './output/migration-fields.ts';
import { progressText } from './output/plan-views.ts';

/** Now and then it is looked all the same, should the stream of events have broken. */
const longestSilenceMs = 1_000;

/** Wakes who follows something as soon as anything is told, and once a second all the same. */
class News {
  readonly #gone = new AbortController();
  #isNew = false;
  #wake: () => void = () => undefined;

  /** `filter`: of what alone it is to be told. */
  constructor(client: FerryClient, filter: EventFilter = {}) {
    void this.#read(client.events(null, this.#gone.signal, filter));
  }

  /** Resolves when there may be something new since it was asked last, however much. */
  async wait(): Promise<void> {
    const told = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    if (!this.#isNew) await Promise.race([told, silence()]);
    this.#isNew = false;
  }

  end(): void {
    this.#gone.abort();
  }

  async #read(events: AsyncIterable<unknown>): Promise<void> {
    try {
      for await (const event of events) {
        void event;
        this.#isNew = true;
        this.#wake();
      }
    } catch {
      // The stream is a convenience; what is followed is asked for by its own page, whose errors are shown.
    }
  }
}

function silence(): Promise<'silence'> {
  return new Promise((resolve) => {
    // The event stream keeps the process going meanwhile; a timer left over must not.
    setTimeout(resolve, longestSilenceMs, 'silence').unref();
  });
}

/** A terminal that does not tell its width (0) is taken for an ordinary one. */
const defaultColumns = 80;

/** The steps of a move take some milliseconds each: it is asked for so often at most. */
const leastPauseOfMoveMs = 50;

/** Follows a migration to its end, showing it on the terminal's error stream; resolves with how it ended. */
export async function followMigration(client: FerryClient, id: string): Promise<MigrationBody> {
  const news = new News(client, { subject: id });
  const screen = new ProgressScreen(process.stderr);
  try {
    for (;;) {
      const migration = await client.migration(id);
      screen.show(migration);
      if (hasEnded(migration)) return migration;
      await sleep(leastPauseOfMoveMs);
      await news.wait();
    }
  } finally {
    screen.end();
    news.end();
  }
}

/** Over, or held until somebody decides. */
function hasEnded({ finishedAt, held, status }: MigrationBody): boolean {
  return finishedAt !== null || (held && status === 'finished');
}

/** One line that changes on a terminal; a line for each new phase elsewhere (a log, a pipe). */
class ProgressScreen {
  readonly #stream: NodeJS.WriteStream;
  #lastPhase = '';

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  show(migration: MigrationBody): void {
    if (this.#stream.isTTY) {
      const line = formatProgress(migration).slice(
        0,
        Math.max(20, (this.#stream.columns || defaultColumns) - 1),
      );
      this.#stream.write(`\r\u001b[2K${line}`);
      return;
    }
    const phase = `${migration.status}: ${migration.phase}`;
    if (phase !== this.#lastPhase) this.#stream.write(`${phase}\n`);
    this.#lastPhase = phase;
  }

  end(): void {
    if (this.#stream.isTTY) this.#stream.write('\r\u001b[2K');
  }
}

/** A plan of a thousand moves tells much: it is asked for so often at most. */
const leastPauseMs = 100;

/**
 * Follows a plan until it has ended or waits for a person, showing on the terminal's error stream what has really ended and
 * how far each move is; in a log or a pipe a line for each change.
 */
export async function followPlan(client: FerryClient, id: string): Promise<PlanDetailBody> {
  let told = '';
  const stream = process.stderr;
  const news = new News(client);
  try {
    for (;;) {
      const detail = await client.plan(id);
      const running = await client.planSteps(id, { state: 'running' });
      const held = await client.planSteps(id, { state: 'held' });
      told = show(stream, detail, running, told);
      const { state, finishedAt } = detail.plan;
      if (
        finishedAt !== null ||
        state === 'made' ||
        state === 'paused' ||
        (held.length > 0 && running.length === 0)
      )
        return detail;
      await sleep(leastPauseMs);
      await news.wait();
    }
  } finally {
    news.end();
    if (stream.isTTY) stream.write('\r\u001b[2K');
  }
}

function show(
  stream: NodeJS.WriteStream,
  { plan }: PlanDetailBody,
  running: readonly PlanStepBody[],
  told: string,
): string {
  if (stream.isTTY) {
    const width = Math.max(20, (stream.columns || defaultColumns) - 1);
    stream.write(`\r\u001b[2K${progressText(plan, running).slice(0, width)}`);
    return told;
  }
  const line = progressText(plan, []);
  if (line !== told) stream.write(`${line}\n`);
  return line;
}
