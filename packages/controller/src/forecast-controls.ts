import type { ForecastBody, MigrationForecastBody } from '@ferry/api';
import {
  describeForecast,
  type Forecast,
  forecastErrors,
  type Migration,
  type MoveRequest,
  ratesByHour,
} from '@ferry/model';
import type { MoveBody } from '@ferry/api';
import type { ForecastControls } from './http/controls.ts';
import { forecastInstance } from './operations/forecast/forecast-instance.ts';
import { migrationForecast } from './operations/forecast/migration-forecast.ts';
import { findInstance } from './operations/shared/find-instance.ts';
import type { Services } from './operations/shared/services.ts';

/** So many that have ended are reported on: newer ones tell more of what forecasts are worth now. */
const mostReported = 500;

/** Joins the pages of forecasts to operations and readings. */
export function forecastControls(
  services: Services,
  requestOf: (move: MoveBody) => Promise<MoveRequest>,
): ForecastControls {
  const { store } = services;
  return {
    forecast: async (role, name, move) => {
      const report = await forecastInstance(services, role, name, await requestOf(move));
      const forecast = forecastBody(report.forecast);
      return { ...report, forecast, summary: describeForecast(report.forecast) };
    },
    forecastErrors: async ({ instance }) => {
      const id = instance === undefined ? null : (await findInstance(store, instance)).id;
      const records = await store.forecasts.ended(id, mostReported);
      return { migrations: records.length, ends: forecastErrors(records) };
    },
    memoryProfile: async (name) => {
      const { id, name: instance } = await findInstance(store, name);
      const all = await store.measurements.of(id);
      return {
        instance,
        measurements: all.length,
        latest: all[0]?.at ?? null,
        hours: ratesByHour(all),
      };
    },
  };
}

/** A forecast as the API tells it. */
export function forecastBody(forecast: Forecast): ForecastBody {
  return forecast as ForecastBody;
}

/** What was said of a migration, is said of it now, and came of it; nothing where none was made. */
export async function forecastOfMigration(
  { store }: Services,
  migration: Migration,
): Promise<{ forecast?: MigrationForecastBody }> {
  const found = await migrationForecast(store, migration);
  return found === null ? {} : { forecast: found as MigrationForecastBody };
}
