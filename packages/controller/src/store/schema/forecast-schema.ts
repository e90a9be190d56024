import type { Json } from '../database/column-types.ts';

/** What was measured of a guest at one time. */
interface MemoryMeasurementTable {
  instance_id: string;
  at: string;
  measurement: Json;
}

/** When an instance was last taken to be measured, whatever came of it. */
interface MeasurementAttemptTable {
  instance_id: string;
  at: string;
}

/** What was said of a migration, and what came of it. */
interface MigrationForecastTable {
  migration_id: string;
  instance_id: string;
  class: string;
  source_host_id: string;
  target_host_id: string;
  made_at: string;
  input: Json;
  forecast: Json;
  /** Its passes over memory; null: none was seen. */
  passes: Json | null;
  /** How it ended; null: it goes on. */
  ended: string | null;
  facts: Json | null;
  /** What went over the link, where no limit held it back. */
  link_bytes_per_second: number | null;
}

/** Tables of forecasts. */
export interface ForecastSchema {
  memory_measurement: MemoryMeasurementTable;
  measurement_attempt: MeasurementAttemptTable;
  migration_forecast: MigrationForecastTable;
}
