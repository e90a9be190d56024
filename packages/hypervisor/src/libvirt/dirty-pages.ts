import { setTimeout as sleep } from 'node:timers/promises';
import { type DomainRef, DomainStatsGroup, numberOf, type TypedParameter } from '@ferry/libvirt';
import { type DirtyWindow, sampledWindow } from '@ferry/model';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import type { HostConnection } from './host-connection.ts';

/** `virDomainDirtyRateStatus`. */
const measured = 2;
/** The result is asked for so often once it is due. */
const pollMs = 100;
/** Hashing its pages takes a host that is busy a while longer than the window. */
const longestDelayMs = 10_000;
/**
 * Page sampling (`VIR_DOMAIN_DIRTYRATE_MODE_PAGE_SAMPLING`). The other modes are not for guests that somebody needs:
 * `dirty-bitmap` and `dirty-ring` end QEMU 7.2 under TCG, and tell nothing under later ones.
 */
const pageSampling = 0;

/** Has QEMU compare the hashes of some pages at the begin and at the end of a window (`calc-dirty-rate`), and waits for it. */
export async function sampleDirtyPages(
  connection: HostConnection,
  dom: DomainRef,
  seconds: number,
  call: Call,
): Promise<DirtyWindow> {
  await connection.call('domainStartDirtyRateCalc', { dom, seconds, flags: pageSampling }, call);
  const began = performance.now();
  await sleep(seconds * 1000, undefined, { signal: call.signal });
  while (performance.now() - began < seconds * 1000 + longestDelayMs) {
    const args = { doms: [dom], stats: DomainStatsGroup.dirtyrate, flags: 0 };
    const { retStats } = await connection.call('connectGetAllDomainStats', args, call);
    const params = retStats[0]?.params ?? [];
    if (numberOf(params, 'dirtyrate.calc_status') === measured)
      return windowOf(connection, dom, seconds, params);
    await sleep(pollMs, undefined, { signal: call.signal });
  }
  const message = `${connection.uri}: ${dom.name} was not measured within ${seconds + longestDelayMs / 1000} s`;
  throw new HypervisorError('deadline', connection.uri, message);
}

function windowOf(
  { uri }: HostConnection,
  { name }: DomainRef,
  seconds: number,
  params: readonly TypedParameter[],
): DirtyWindow {
  const period = numberOf(params, 'dirtyrate.calc_period');
  const rate = numberOf(params, 'dirtyrate.megabytes_per_second');
  if (period === seconds && rate !== null && rate >= 0) return sampledWindow(rate, seconds);
  // Of one domain there is one measurement: somebody else has begun another meanwhile.
  const message = `${uri}: ${name} was to be measured for ${seconds} s, and was for ${period ?? 'no'} s by somebody else`;
  throw new HypervisorError('refused', uri, message);
}
