import type { ForecastBody, MigrationBody } from '@ferry/api';
import { type LabGuest, type LabHost, until } from '@ferry/lab';
import type { BenchWorld } from '../bench-world.ts';
import type { ForecastSaid, Result } from './results.ts';

/** What a way tells of one move; the rest is measured around it. */
export type Moved = Pick<Result, 'end' | 'because' | 'bytes' | 'hypervisorDowntimeMs' | 'forecast'>;

/** Moves a guest by Ferry, by a policy that is named; aborts it when the limit is over. */
export async function moveWithFerry(
  { client }: BenchWorld,
  guest: LabGuest,
  to: LabHost,
  policy: string | null,
  limitMs: number,
): Promise<Moved> {
  const request = {
    kind: 'live-migration',
    host: to.name,
    ...(policy === null ? {} : { policy }),
  } as const;
  const accepted = await client.migrate(guest.name, request).catch((error: unknown) => String(error));
  if (typeof accepted === 'string')
    return {
      end: 'not-possible',
      because: accepted,
      bytes: null,
      hypervisorDowntimeMs: null,
      forecast: null,
    };
  const { id } = accepted;
  const over = async (): Promise<MigrationBody | null> => {
    const seen = await client.migration(id);
    return seen.finishedAt === null ? null : seen;
  };
  const ended = await until('the end of the move', limitMs, over).catch(async () => {
    await client.abortMigration(id).catch(() => undefined);
    return until('the end of an aborted move', 180_000, over);
  });
  await until('Ferry to be done with it', 60_000, async () => {
    const { taskState } = await client.instance(guest.name);
    return taskState === null ? true : null;
  });
  const { status, error, result } = ended;
  return {
    end: status === 'completed' ? 'moved' : 'stayed',
    because: error === null ? null : `${error.code}: ${error.message}`,
    bytes: result === null ? null : result.memoryBytes + result.diskBytes,
    hypervisorDowntimeMs: result?.downtimeMs ?? null,
    forecast: policy === null ? said((await client.migration(id)).forecast) : null,
  };
}

function said(forecast: MigrationBody['forecast']): ForecastSaid | null {
  if (forecast === null || forecast === undefined || forecast.end === null) return null;
  const { before, end } = forecast;
  return {
    verdict: before.verdict.kind,
    totalMs: three(before.totalMs),
    downtimeMs: three(before.downtimeMs),
    factTotalMs: end.facts.totalMs,
    factDowntimeMs: end.facts.downtimeMs,
    end: end.kind,
  };
}

function three({ p10, p50, p90 }: ForecastBody['totalMs']): ForecastSaid['totalMs'] {
  return [p10, p50, p90];
}
