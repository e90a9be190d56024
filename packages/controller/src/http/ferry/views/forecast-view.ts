import type { ForecastBody, MigrationForecastBody } from '@ferry/api';
import type { Forecast } from '@ferry/model';
import type { MigrationForecast } from '../../../operations/forecast/migration-forecast.ts';

/** A forecast as the API tells it. */
export function forecastBody(forecast: Forecast): ForecastBody {
  return forecast as ForecastBody;
}

/** What was said of a migration, is said of it now, and came of it; no field where none was made. */
export function migrationForecastField(found: MigrationForecast | null): {
  readonly forecast?: MigrationForecastBody;
} {
  return found === null ? {} : { forecast: found as MigrationForecastBody };
}
