import type { FerryClient, MigrationBody } from '@ferry/api';
import { formatProgress } from './output/progress-line.ts';
import { News } from './news.ts';

/** A terminal that does not tell its width (0) is taken for an ordinary one. */
const defaultColumns = 80;

/** Follows a migration to its end, showing it on the terminal's error stream; resolves with how it ended. */
export async function followMigration(client: FerryClient, id: string): Promise<MigrationBody> {
  const news = new News(client);
  const screen = new ProgressScreen(process.stderr);
  try {
    for (;;) {
      const migration = await client.migration(id);
      screen.show(migration);
      if (hasEnded(migration)) return migration;
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
