import type { ForecastRecord, Migration } from '@ferry/model';

/** Who is told what comes of the store's work, once it is written: figures are made of it. Throws nothing. */
export interface StoreObserver {
  /** A statement of the database has ended. */
  statement(seconds: number, failed: boolean): void;
  /** A migration came to its end, here. */
  migrationEnded(migration: Migration): void;
  /** What came of a forecast was written down. */
  forecastEnded(record: ForecastRecord): void;
}

export const noObserver: StoreObserver = {
  statement: () => undefined,
  migrationEnded: () => undefined,
  forecastEnded: () => undefined,
};
