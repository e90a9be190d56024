import {
  type CheckInput,
  defaultDowntimeLimitMs,
  type Forecast,
  forecastClass,
  type ForecastInput,
  forecastMove,
  type Instance,
  learnCorrections,
  memoryNow,
  type Migration,
  profileAt,
  seenAmount,
  type TransferPlan,
} from '@ferry/model';
import type { Services } from '../engine/services.ts';

/** A forecast, and what it was made from. */
export interface MadeForecast {
  readonly input: ForecastInput;
  readonly forecast: Forecast;
  readonly class: string;
}

/** How the bandwidth of a link may be off that was seen once. */
const linkSpread = 0.3;

/**
 * The forecast of a live migration whose facts were inspected, from what is written down of its guest and its link; no host
 * is asked. Null of another kind of move, and where the facts are missing that tell what would be moved.
 */
export async function forecastInspected(
  services: Services,
  instance: Instance,
  { request, domain, plan, source, target }: CheckInput,
  notMeasured: string | null = null,
): Promise<MadeForecast | null> {
  if (request.kind !== 'live-migration' || domain === null || plan === null || target === null) return null;
  const { store } = services;
  const memoryBytes = memoryNow(domain);
  const diskBytes = copiedBytes(plan);
  const ofClass = forecastClass(memoryBytes, diskBytes);
  const profile = profileAt(await store.measurements.of(instance.id), Date.parse(store.now()));
  const rates = await store.forecasts.linkRates(source.id, target.id);
  const link = seenAmount(rates, linkSpread);
  const records = await store.forecasts.toLearnFrom(instance.id, ofClass);
  const input: ForecastInput = {
    memoryBytes,
    memoryUsedBytes: profile?.memoryUsedBytes ?? null,
    dirty:
      profile === null
        ? {
            kind: 'not-measured',
            because:
              notMeasured === null
                ? `what ${instance.name} changes was not measured yet`
                : `what ${instance.name} changes could not be measured: ${notMeasured}`,
          }
        : { kind: 'measured', windows: profile.windows, from: profile.from },
    diskBytes,
    diskWriteBytesPerSecond: profile?.diskWriteBytesPerSecond ?? null,
    compressionRatio: null,
    link:
      link === null
        ? { kind: 'not-known', because: `no transfer from ${source.name} to ${target.name} was measured yet` }
        : {
            kind: 'known',
            bytesPerSecond: link,
            from: `the last ${rates.length} transfers from ${source.name} to ${target.name}`,
          },
    capBytesPerSecond: request.bandwidthBytesPerSecond,
    downtimeLimitMs: request.maxDowntimeMs ?? defaultDowntimeLimitMs,
    judgesByLink: false,
    postCopy:
      plan.form === 'peer-to-peer'
        ? { possible: true }
        : { possible: false, because: 'disks are copied with it, and Ferry does that by pre-copy alone' },
    corrections: learnCorrections(records, instance.id, ofClass),
  };
  return { input, forecast: forecastMove(input), class: ofClass };
}

/** What goes with the guest: bases were brought before. */
function copiedBytes({ form, disks }: TransferPlan): number {
  if (form !== 'managed') return 0;
  return disks.reduce((sum, disk) => sum + (disk.action === 'copy' ? disk.allocationBytes : 0), 0);
}

/** Writes down what was said of a migration that was accepted. That this fails is no reason to end it. */
export async function keepForecast(
  { store, log }: Services,
  { id, instanceId, sourceHostId, targetHostId, createdAt }: Migration,
  made: MadeForecast | null,
): Promise<void> {
  if (made === null) return;
  const { input, forecast } = made;
  try {
    await store.forecasts.begin({
      migrationId: id,
      instanceId,
      class: made.class,
      sourceHostId,
      targetHostId,
      madeAt: createdAt,
      input,
      forecast,
    });
  } catch (error) {
    log.warn({ err: error, migration: id }, 'a forecast could not be written down');
  }
}
