import { showBytes } from '../check/show-values.ts';
import type { Range } from './draws.ts';
import type { Forecast } from './forecast.ts';
import type { RunningForecast } from './forecast-rest.ts';

/** A forecast in one sentence, as an operator reads it. */
export function describeForecast(forecast: Forecast): string {
  const { verdict } = forecast;
  switch (verdict.kind) {
    case 'converges': {
      const { totalMs, downtimeMs, bytes } = forecast;
      return `converges: ${rangeOfMs(totalMs)}, a pause of ${rangeOfMs(downtimeMs)}, ${rangeOfBytes(bytes)}${doubt(forecast)}`;
    }
    case 'stalls':
      return `does not converge${at(forecast)}: each pass finds about ${wholeBytes(verdict.atBytes)} that the one before has sent already${needs(forecast)}${hope(forecast)}`;
    case 'cannot':
      return `does not converge${at(forecast)}: ${verdict.because}${needs(forecast)}${hope(forecast)}`;
    case 'not-known': {
      const least = forecast.totalMs.p10;
      return `not known: ${verdict.because.join('; ')}${least === null ? '' : ` (at least ${duration(least)})`}`;
    }
  }
}

/** How long a migration that runs still takes, or why it does not end. */
export function describeRest(forecast: RunningForecast): string {
  if (forecast.verdict.kind !== 'converges') return describeForecast(forecast);
  return `${rangeOfMs(forecast.leftMs)} left${doubt(forecast)}`;
}

/** Where as much speaks against it as for it, that is said. */
function doubt({ likelihood }: Forecast): string {
  if (likelihood === null || likelihood >= 0.9) return '';
  return ` (likely to ${Math.round(likelihood * 100)} %)`;
}

/** The other way round. */
function hope({ likelihood }: Forecast): string {
  if (likelihood === null || likelihood < 0.1) return '';
  return ` (it may converge all the same: ${Math.round(likelihood * 100)} %)`;
}

function at({ bytesPerSecond }: Forecast): string {
  return bytesPerSecond === null ? '' : ` at ${wholeBytes(bytesPerSecond)}/s`;
}

function needs({ neededBytesPerSecond, bytesPerSecond }: Forecast): string {
  if (neededBytesPerSecond === null || neededBytesPerSecond <= (bytesPerSecond ?? 0)) return '';
  return `; it takes ${wholeBytes(neededBytesPerSecond)}/s`;
}

function rangeOfMs({ p10, p50, p90 }: Range): string {
  if (p50 === null) return p10 === null ? 'not known' : `at least ${duration(p10)}`;
  return p10 === null || p90 === null
    ? duration(p50)
    : `${duration(p50)} (${duration(p10)} to ${duration(p90)})`;
}

function rangeOfBytes({ p10, p50, p90 }: Range): string {
  if (p50 === null) return p10 === null ? 'not known' : `at least ${wholeBytes(p10)}`;
  return p10 === null || p90 === null
    ? wholeBytes(p50)
    : `${wholeBytes(p50)} (${wholeBytes(p10)} to ${wholeBytes(p90)})`;
}

function duration(durationMs: number): string {
  if (durationMs < 1000) return `${Math.round(durationMs)} ms`;
  if (durationMs < 60_000) return `${(durationMs / 1000).toFixed(1)} s`;
  const seconds = Math.round(durationMs / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

const wholeBytes = (bytes: number): string => showBytes(Math.round(bytes));
