import { readFileSync } from 'node:fs';
import type { WorldJson } from './world-json.ts';

/** A migration that was cut short, and the hosts as they stood then. */
export interface Fixture {
  /** The number and the kind of the last record of its log. */
  readonly stop: string;
  readonly sql: string;
  readonly world: WorldJson;
}

interface Stored {
  /** Lines of SQL, each once: from stop to stop few are others. */
  readonly lines: readonly string[];
  readonly stops: readonly {
    readonly stop: string;
    readonly sql: readonly number[];
    readonly world: WorldJson;
  }[];
}

/** The stops of one migration, in one file. */
export class FixtureFile {
  readonly #lines: string[] = [];
  readonly #stops: { stop: string; sql: number[]; world: WorldJson }[] = [];

  static read(path: string): Fixture[] {
    const { lines, stops } = JSON.parse(readFileSync(path, 'utf8')) as Stored;
    return stops.map(({ stop, sql, world }) => ({
      stop,
      sql: sql.map((number) => lines[number]).join('\n'),
      world,
    }));
  }

  add(stop: string, sql: string, world: WorldJson): void {
    const numbers = sql.split('\n').map((line) => {
      const there = this.#lines.indexOf(line);
      return there === -1 ? this.#lines.push(line) - 1 : there;
    });
    this.#stops.push({ stop, sql: numbers, world });
  }

  /** The name of the newest schema migration that its database knows. */
  get version(): string {
    const known = this.#lines.flatMap(
      (line) => /^INSERT INTO "kysely_migration" .*? VALUES \('([^']+)'/.exec(line)?.[1] ?? [],
    );
    return known.toSorted().at(-1) ?? 'unknown';
  }

  /** A line a line of SQL, and one a stop. */
  get text(): string {
    return `{"lines": [\n${list(this.#lines)}\n], "stops": [\n${list(this.#stops)}\n]}\n`;
  }
}

function list(items: readonly unknown[]): string {
  return items.map((one) => JSON.stringify(one)).join(',\n');
}
