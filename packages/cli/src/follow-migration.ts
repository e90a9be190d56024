import type { FerryClient, MigrationBody } from '@ferry/api';
import { formatProgress } from './output/progress-line.ts';

const longestSilenceMs = 1000;
/** A terminal that does not tell its width (0) is taken for an ordinary one. */
const defaultColumns = 80;

/** Follows a migration to its end, showing it on the terminal's error stream; resolves with how it ended. */
export async function followMigration(client: FerryClient, id: string): Promise<MigrationBody> {
  const gone = new AbortController();
  const events = client.events(null, gone.signal)[Symbol.asyncIterator]();
  const screen = new ProgressScreen(process.stderr);
  try {
    let next = nextEvent(events);
    for (;;) {
      const migration = await client.migration(id);
      screen.show(migration);
      if (hasEnded(migration)) return migration;
      // Events wake at once; now and then it is looked at all the same, should the event stream have broken.
      if ((await Promise.race([next, silence()])) === 'event') next = nextEvent(events);
    }
  } finally {
    screen.end();
    gone.abort();
  }
}

/** Over, or held until somebody decides. */
function hasEnded({ finishedAt, held, status }: MigrationBody): boolean {
  return finishedAt !== null || (held && status === 'finished');
}

async function nextEvent(events: AsyncIterator<unknown>): Promise<'event' | 'never'> {
  try {
    const result = await events.next();
    return result.done === true ? await new Promise<'never'>(() => undefined) : 'event';
  } catch {
    // The stream is a convenience; the migration itself is asked for by its own page, whose errors are shown.
    return new Promise<'never'>(() => undefined);
  }
}

function silence(): Promise<'silence'> {
  return new Promise((resolve) => {
    // The event stream keeps the process going meanwhile; a timer left over must not.
    setTimeout(resolve, longestSilenceMs, 'silence').unref();
  });
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
