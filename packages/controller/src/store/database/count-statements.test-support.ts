import { StatementSync } from 'node:sqlite';
import { Client } from 'pg';
import { type Mock, vi } from 'vitest';

/** How often what is counted is done, and the fewest statements taken: what else is asked meanwhile only adds. */
const times = 3;

/** Statements that reach whichever database; to be made before it is opened, and ended by `vi.restoreAllMocks`. */
export class Statements {
  readonly #sqlite = vi.spyOn(StatementSync.prototype, 'all');
  readonly #postgres: Mock = vi.spyOn(Client.prototype, 'query');

  /** How many of those that name one of these tables it takes. */
  async of(tables: RegExp, work: () => Promise<unknown>): Promise<number> {
    const counts: number[] = [];
    for (let time = 0; time < times; time += 1) {
      this.#sqlite.mockClear();
      this.#postgres.mockClear();
      await work();
      const asked = [
        ...this.#sqlite.mock.contexts.map((statement) => (statement as StatementSync).sourceSQL),
        ...this.#postgres.mock.calls.map(([sql]) => textOf(sql)),
      ];
      counts.push(asked.filter((sql) => tables.test(sql)).length);
    }
    return Math.min(...counts);
  }
}

function textOf(sql: unknown): string {
  return typeof sql === 'string' ? sql : ((sql as { readonly text?: string }).text ?? '');
}
