import {
  type CheckInput,
  defaultDowntimeLimitMs,
  type EffectivePolicy,
  type Forecast,
  forecastClass,
  type ForecastInput,
  forecastMove,
  type Host,
  type Instance,
  learnCorrections,
  memoryNow,
  type Migration,
  policyValuesOf,
  profileAt,
  seenAmount,
  sharedRate,
  type TransferPlan,
} from '@ferry/model';
import type { LinkRate } from '../../store/forecasts/forecast-store.ts';
import { readMoveInput } from '../context/move-input.ts';
import type { Services } from '../engine/services.ts';
import { strategyOf } from '../policies/policy-of-move.ts';

/** A forecast, and what it was made from. */
export interface MadeForecast {
  readonly input: ForecastInput;
  readonly forecast: Forecast;
  readonly class: string;
}

/** How the bandwidth of a link may be off that was seen once; and one that was seen the other way round alone. */
const linkSpreads = { forth: 0.3, back: 0.6 } as const;

/**
 * The forecast of a live migration whose facts were inspected, from what is written down of its guest and its link; no host
 * is asked. Null of another kind of move, and where the facts are missing that tell what would be moved.
 */
export async function forecastInspected(
  services: Services,
  instance: Instance,
  { request, domain, plan, source, target, encryption }: CheckInput,
  policy: EffectivePolicy,
  notMeasured: string | null = null,
): Promise<MadeForecast | null> {
  if (request.kind !== 'live-migration' || domain === null || plan === null || target === null) return null;
  const { store } = services;
  const memoryBytes = memoryNow(domain);
  const diskBytes = copiedBytes(plan);
  const ofClass = forecastClass(memoryBytes, diskBytes);
  const profile = profileAt(await store.measurements.of(instance.id), Date.parse(store.now()));
  const records = await store.forecasts.toLearnFrom(instance.id, ofClass);
  const sides = { instanceId: instance.id, domain, plan, source, target, encryption };
  const strategy = await strategyOf(services, policy, sides);
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
    link: sharedLink(
      await linkBetween(services, source, target, policyValuesOf(policy).linkBytesPerSecond),
      await limitsOfOthers(services, source.id, target.id),
    ),
    capBytesPerSecond: request.bandwidthBytesPerSecond,
    downtimeLimitMs: strategy.limitMs ?? defaultDowntimeLimitMs,
    judgesByLink: strategy.availSwitchoverBytesPerSecond !== null,
    postCopy:
      plan.form === 'peer-to-peer'
        ? { possible: true }
        : { possible: false, because: 'disks are copied with it, and Ferry does that by pre-copy alone' },
    corrections: learnCorrections(records, instance.id, ofClass),
  };
  return { ...withinBudget(input, request.maxDowntimeMs), class: ofClass };
}

/** A budget above what the hypervisor is told at first is used where it does not converge with that. */
function withinBudget(
  input: ForecastInput,
  budgetMs: number | null,
): { readonly input: ForecastInput; readonly forecast: Forecast } {
  const first = { input, forecast: forecastMove(input) };
  const { kind } = first.forecast.verdict;
  if (kind === 'converges' || kind === 'not-known' || budgetMs === null || budgetMs <= input.downtimeLimitMs)
    return first;
  const last = { ...input, downtimeLimitMs: budgetMs };
  return { input: last, forecast: forecastMove(last) };
}

/** What the last transfers tell; of a way that none has gone yet, those that came by it; else what a policy says of it. */
async function linkBetween(
  { store }: Services,
  source: Pick<Host, 'id' | 'name'>,
  target: Pick<Host, 'id' | 'name'>,
  said: number | null,
): Promise<ForecastInput['link']> {
  const forth = await store.forecasts.linkRates(source.id, target.id);
  const seen = seenAmount(rates(forth), linkSpreads.forth);
  if (seen !== null) {
    const from = `${sourceOfRates(forth)} from ${source.name} to ${target.name}`;
    return { kind: 'known', bytesPerSecond: seen, from };
  }
  const back = await store.forecasts.linkRates(target.id, source.id);
  const other = seenAmount(rates(back), linkSpreads.back);
  if (other === null && said !== null)
    return {
      kind: 'known',
      bytesPerSecond: { median: said, logSpread: linkSpreads.forth },
      from: 'as its policy says of the link',
    };
  if (other === null)
    return {
      kind: 'not-known',
      because: `no transfer from ${source.name} to ${target.name} was measured yet`,
    };
  const from = `${sourceOfRates(back)} the other way, from ${target.name} to ${source.name}`;
  // Many of them tell no more of this way than a few.
  return {
    kind: 'known',
    bytesPerSecond: { ...other, logSpread: Math.max(other.logSpread, linkSpreads.forth) },
    from,
  };
}

/** What others that send over the link now leave of it. How long they do is not known: the range is as wide as of a link that was seen once. */
function sharedLink(link: ForecastInput['link'], limits: readonly (number | null)[]): ForecastInput['link'] {
  if (link.kind === 'not-known' || limits.length === 0) return link;
  const { median, logSpread } = link.bytesPerSecond;
  const others = limits.length === 1 ? 'another migration' : `${limits.length} other migrations`;
  return {
    kind: 'known',
    bytesPerSecond: {
      median: sharedRate(median, limits),
      logSpread: Math.max(logSpread, linkSpreads.forth),
    },
    from: `${link.from}, which ${others} ${limits.length === 1 ? 'shares' : 'share'} now`,
    sharedWith: limits.length,
  };
}

/** Of migrations that send from the one host or to the other now: by the cable of whichever has more of them. */
async function limitsOfOthers(
  { store }: Services,
  sourceId: string,
  targetId: string,
): Promise<readonly (number | null)[]> {
  const sending = await store.transfers.sending();
  const leaving = sending.filter(({ sourceHostId }) => sourceHostId === sourceId);
  const coming = sending.filter(({ targetHostId }) => targetHostId === targetId);
  return (leaving.length >= coming.length ? leaving : coming).map(
    ({ input, control }) =>
      control?.shareBytesPerSecond ??
      control?.bandwidthBytesPerSecond ??
      readMoveInput(input).options.bandwidthBytesPerSecond,
  );
}

/** One alone may send less than several together: those count where nothing else was seen. */
function rates(seen: readonly LinkRate[]): number[] {
  const alone = seen.filter(({ together }) => !together);
  return (alone.length > 0 ? alone : seen).map(({ bytesPerSecond }) => bytesPerSecond);
}

/** In words: so many transfers, and when it was last rehearsed. */
function sourceOfRates(seen: readonly LinkRate[]): string {
  const transfers = seen.filter(({ rehearsedAt }) => rehearsedAt === null).length;
  const rehearsed = seen.find(({ rehearsedAt }) => rehearsedAt !== null)?.rehearsedAt ?? null;
  const parts = [
    ...(transfers === 0 ? [] : [`the last ${transfers} transfers`]),
    ...(rehearsed === null ? [] : [`a rehearsal at ${rehearsed}`]),
  ];
  return parts.join(' and ');
}

/** What goes with the guest: bases were brought before. */
function copiedBytes({ form, disks }: TransferPlan): number {
  if (form !== 'coordinated') return 0;
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
