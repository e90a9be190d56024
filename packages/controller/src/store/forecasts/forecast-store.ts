import {
  followPasses,
  type Forecast,
  type ForecastEnd,
  type ForecastFacts,
  type ForecastInput,
  type ForecastRecord,
  maxLearnedForecasts,
  type PassRecord,
  type TransferProgress,
} from '@ferry/model';
import type { Kysely, Selectable } from 'kysely';
import type { StoreObserver } from '../store-observer.ts';
import type { Schema } from '../schema/schema.ts';
import type { ForecastSchema } from '../schema/fleet-schema.ts';

/** A forecast as it was made when its migration was accepted, and what has come of it. */
export interface StoredForecast {
  readonly input: ForecastInput;
  readonly forecast: Forecast;
  readonly passes: PassRecord | null;
  readonly end: { readonly kind: ForecastEnd; readonly facts: ForecastFacts } | null;
}

/** What a forecast is written down with. */
export interface NewForecast {
  readonly migrationId: string;
  readonly instanceId: string;
  readonly class: string;
  readonly sourceHostId: string;
  readonly targetHostId: string;
  readonly madeAt: string;
  readonly input: ForecastInput;
  readonly forecast: Forecast;
}

/** What went over a link once. */
export interface LinkRate {
  readonly bytesPerSecond: number;
  /** When it was rehearsed; null: it was a migration. */
  readonly rehearsedAt: string | null;
  /** What several sent that shared it, in sum. */
  readonly together: boolean;
}

/** More than that do not run at once. */
const maxRunning = 1_000;
/** So many of a pair of hosts tell its bandwidth. */
const ofPair = 20;

/** The ledger: what was said of migrations beside what came of them, and how their passes go as long as they run. */
export class ForecastStore {
  readonly #db: Kysely<Schema>;
  readonly #running = new Map<string, PassRecord>();
  readonly #observer: StoreObserver;

  constructor(db: Kysely<Schema>, observer: StoreObserver) {
    this.#db = db;
    this.#observer = observer;
  }

  async begin(made: NewForecast): Promise<void> {
    await this.#db
      .insertInto('migration_forecast')
      .values({
        migration_id: made.migrationId,
        instance_id: made.instanceId,
        class: made.class,
        source_host_id: made.sourceHostId,
        target_host_id: made.targetHostId,
        made_at: made.madeAt,
        input: JSON.stringify(made.input),
        forecast: JSON.stringify(made.forecast),
        passes: null,
        ended: null,
        facts: null,
        link_bytes_per_second: null,
      })
      .onConflict((conflict) => conflict.column('migration_id').doNothing())
      .execute();
  }

  /** Takes a sample of a migration that runs. What its passes show is written down when one has ended, for whoever goes on with it. */
  async saw(migrationId: string, progress: TransferProgress): Promise<void> {
    const before = this.#running.get(migrationId) ?? null;
    const after = followPasses(before, progress);
    this.#running.set(migrationId, after);
    // One that went on at another controller ended there.
    const [oldest] = this.#running.keys();
    if (this.#running.size > maxRunning && oldest !== undefined) this.#running.delete(oldest);
    if (after.passes.length === (before?.passes.length ?? 0)) return;
    await this.#db
      .updateTable('migration_forecast')
      .set({ passes: JSON.stringify(after) })
      .where('migration_id', '=', migrationId)
      .where('ended', 'is', null)
      .execute();
  }

  /** What a migration that runs here sent over the last seconds, bytes a second; null: nobody here knows. */
  rateOf(migrationId: string): number | null {
    return this.#running.get(migrationId)?.rateBytesPerSecond ?? null;
  }

  /** What it and those that share its link send together; kept with its passes, and with what comes of it. */
  sawTogether(migrationId: string, bytesPerSecond: number): void {
    const known = this.#running.get(migrationId);
    if (known !== undefined)
      this.#running.set(migrationId, { ...known, togetherBytesPerSecond: Math.round(bytesPerSecond) });
  }

  /** Null: of this migration nothing was said. */
  async of(migrationId: string): Promise<StoredForecast | null> {
    const row = await this.#db
      .selectFrom('migration_forecast')
      .selectAll()
      .where('migration_id', '=', migrationId)
      .executeTakeFirst();
    return row === undefined ? null : this.#read(row);
  }

  /** Writes down what came of it; once. `linkBytesPerSecond`: null where a limit held it back. */
  async conclude(
    migrationId: string,
    kind: ForecastEnd,
    facts: ForecastFacts,
    linkBytesPerSecond: number | null,
  ): Promise<void> {
    const passes = this.#running.get(migrationId);
    const row = await this.#db
      .updateTable('migration_forecast')
      .set({
        ended: kind,
        facts: JSON.stringify(facts),
        link_bytes_per_second: linkBytesPerSecond === null ? null : Math.round(linkBytesPerSecond),
        ...(passes === undefined ? {} : { passes: JSON.stringify(passes) }),
      })
      .where('migration_id', '=', migrationId)
      .where('ended', 'is', null)
      .returningAll()
      .executeTakeFirst();
    this.#running.delete(migrationId);
    for (const record of row === undefined ? [] : recordOf(row)) this.#observer.forecastEnded(record);
  }

  /** Writes down what a rehearsal measured, and what is said since. It stays out of the ledger: nothing has come of it. */
  async rehearsed(
    migrationId: string,
    { input, forecast }: Pick<StoredForecast, 'input' | 'forecast'>,
    linkBytesPerSecond: number,
  ): Promise<void> {
    await this.#db
      .updateTable('migration_forecast')
      .set({
        input: JSON.stringify(input),
        forecast: JSON.stringify(forecast),
        link_bytes_per_second: Math.round(linkBytesPerSecond),
      })
      .where('migration_id', '=', migrationId)
      .execute();
  }

  /** What went over the link from one host to another in the last migrations and rehearsals that no limit held back, newest first. */
  async linkRates(sourceHostId: string, targetHostId: string): Promise<LinkRate[]> {
    const rows = await this.#db
      .selectFrom('migration_forecast')
      .leftJoin('migration', 'migration.id', 'migration_forecast.migration_id')
      .select(['link_bytes_per_second', 'kind', 'made_at', 'passes'])
      .where('migration_forecast.source_host_id', '=', sourceHostId)
      .where('migration_forecast.target_host_id', '=', targetHostId)
      .where('link_bytes_per_second', 'is not', null)
      .orderBy('made_at', 'desc')
      .limit(ofPair)
      .execute();
    return rows.flatMap(({ link_bytes_per_second: rate, kind, made_at, passes }) => {
      if (rate === null) return [];
      const seen = passes === null ? null : (JSON.parse(passes) as PassRecord);
      const together = seen?.togetherBytesPerSecond !== undefined;
      return [{ bytesPerSecond: rate, rehearsedAt: kind === 'rehearsal' ? made_at : null, together }];
    });
  }

  /** Those that converged, newest first, as many as anything is learned from: of an instance, and of its class. */
  async toLearnFrom(instanceId: string, ofClass: string): Promise<ForecastRecord[]> {
    const converged = this.#db
      .selectFrom('migration_forecast')
      .selectAll()
      .where('ended', '=', 'converged')
      .orderBy('made_at', 'desc')
      .limit(maxLearnedForecasts);
    const [own, alike] = await Promise.all([
      converged.where('instance_id', '=', instanceId).execute(),
      converged.where('class', '=', ofClass).where('instance_id', '!=', instanceId).execute(),
    ]);
    return [...own, ...alike].toSorted((a, b) => (a.made_at < b.made_at ? 1 : -1)).flatMap(recordOf);
  }

  /** Those that have ended, newest first; of one instance where it is named. */
  async ended(instanceId: string | null, limit: number): Promise<ForecastRecord[]> {
    const all = this.#db
      .selectFrom('migration_forecast')
      .selectAll()
      .where('ended', 'is not', null)
      .orderBy('made_at', 'desc')
      .limit(limit);
    const rows = await (instanceId === null ? all : all.where('instance_id', '=', instanceId)).execute();
    return rows.flatMap(recordOf);
  }

  #read(row: Row): StoredForecast {
    const written = row.passes === null ? null : (JSON.parse(row.passes) as PassRecord);
    return {
      input: JSON.parse(row.input) as ForecastInput,
      forecast: JSON.parse(row.forecast) as Forecast,
      passes: this.#running.get(row.migration_id) ?? written,
      end:
        row.ended === null || row.facts === null
          ? null
          : { kind: row.ended as ForecastEnd, facts: JSON.parse(row.facts) as ForecastFacts },
    };
  }
}

type Row = Selectable<ForecastSchema['migration_forecast']>;

function recordOf(row: Row): ForecastRecord[] {
  if (row.ended === null || row.facts === null) return [];
  const { verdict, totalMs, downtimeMs, bytes } = JSON.parse(row.forecast) as Forecast;
  return [
    {
      instanceId: row.instance_id,
      class: row.class,
      verdict: verdict.kind,
      totalMs,
      downtimeMs,
      bytes,
      input: JSON.parse(row.input) as ForecastInput,
      end: row.ended as ForecastEnd,
      facts: JSON.parse(row.facts) as ForecastFacts,
    },
  ];
}
