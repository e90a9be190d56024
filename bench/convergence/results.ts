import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** What one move of one cell came to. */
export interface Result {
  readonly guest: string;
  readonly link: string;
  readonly way: string;
  readonly run: number;
  readonly at: string;
  /** Of the machine, over the minute before it began. */
  readonly loadAverage: number;
  /** `not-possible`: it was refused. */
  readonly end: 'moved' | 'stayed' | 'not-possible';
  /** Why it did not move, in the words of whoever moved it. */
  readonly because: string | null;
  /** From the command to its end. */
  readonly elapsedMs: number;
  /** Memory and disks, as the target's hypervisor counted. */
  readonly bytes: number | null;
  readonly hypervisorDowntimeMs: number | null;
  /** The longest time in which the guest answered nothing, asked each 5 ms from another machine of its network. */
  readonly outsideGapMs: number;
  readonly budgetMs: number | null;
  /** Of a move without a policy: what was said of it before. */
  readonly forecast: ForecastSaid | null;
}

/** A forecast, and what came of it. */
export interface ForecastSaid {
  readonly verdict: string;
  readonly totalMs: readonly [number | null, number | null, number | null];
  readonly downtimeMs: readonly [number | null, number | null, number | null];
  readonly factTotalMs: number | null;
  readonly factDowntimeMs: number | null;
  /** `converged`, or how else it ended. */
  readonly end: string;
}

/** Results of former runs, and those of this one, in a file that is written after each. */
export class Results {
  readonly #path: string;
  readonly all: Result[];

  constructor(path: string) {
    this.#path = path;
    this.all = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Result[]) : [];
  }

  has({ guest, link, way, run }: Pick<Result, 'guest' | 'link' | 'way' | 'run'>): boolean {
    return this.all.some(
      (one) => one.guest === guest && one.link === link && one.way === way && one.run === run,
    );
  }

  add(result: Result): void {
    this.all.push(result);
    writeFileSync(this.#path, `${JSON.stringify(this.all, null, 1)}\n`);
  }
}
