import { readFileSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import type { WorldJson } from './world-json.ts';

/** An operation that was cut short, and the hosts as they stood then. */
export interface Fixture {
  /** The number and the kind of the last record of its log. */
  readonly stop: string;
  readonly sql: string;
  readonly world: WorldJson;
  /** The files of the image library, base64. */
  readonly images: Readonly<Record<string, string>>;
}

interface Stored {
  /** Lines of SQL, each once: from stop to stop few are others. */
  readonly lines: readonly string[];
  readonly stops: readonly (Omit<Fixture, 'sql' | 'images'> & {
    readonly sql: readonly number[];
    readonly images?: Fixture['images'];
  })[];
}

const ending = '.json.br';

/** The stops of one operation, in one file: JSON, packed by Brotli. */
export class FixtureFile {
  readonly #lines: string[] = [];
  readonly #stops: Stored['stops'][number][] = [];

  static readonly pattern = `*/*${ending}`;

  static read(path: string): Fixture[] {
    const { lines, stops } = JSON.parse(String(brotliDecompressSync(readFileSync(path)))) as Stored;
    return stops.map(({ stop, sql, world, images = {} }) => ({
      stop,
      sql: sql.map((number) => lines[number]).join('\n'),
      world,
      images,
    }));
  }

  add({ sql, ...stop }: Fixture): void {
    const numbers = sql.split('\n').map((line) => {
      const there = this.#lines.indexOf(line);
      return there === -1 ? this.#lines.push(line) - 1 : there;
    });
    this.#stops.push({ ...stop, sql: numbers });
  }

  /** The name of the newest schema migration that its database knows. */
  get version(): string {
    const known = this.#lines.flatMap(
      (line) => /^INSERT INTO "kysely_migration" .*? VALUES \('([^']+)'/.exec(line)?.[1] ?? [],
    );
    return known.toSorted().at(-1) ?? 'unknown';
  }

  /** A line a line of SQL, and one a stop. */
  write(path: string): void {
    const text = `{"lines": [\n${list(this.#lines)}\n], "stops": [\n${list(this.#stops)}\n]}\n`;
    writeFileSync(`${path}${ending}`, brotliCompressSync(text));
  }
}

function list(items: readonly unknown[]): string {
  return items.map((one) => JSON.stringify(one)).join(',\n');
}
