import { setTimeout as sleep } from 'node:timers/promises';
import {
  type DomainRef,
  DomainStatsFlag,
  DomainStatsGroup,
  DomainXmlFlag,
  numberOf,
  type TypedParameter,
} from '@ferry/libvirt';
import { type DirtyWindow, sampledWindow } from '@ferry/model';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import type { GuestStatistics, HostGuests } from '../contract/host-guests.ts';
import { consoleFile } from '../xml/console-ports.ts';
import { domainPower } from './domain-power.ts';
import type { HostConnection } from './host-connection.ts';
import type { LibvirtPools } from './libvirt-pools.ts';
import { readSmallFile } from './read-small-file.ts';

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
async function sampleDirtyPages(
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

/** What guests of a libvirt host hold and show. */
export class LibvirtGuests implements HostGuests {
  readonly #connection: HostConnection;
  readonly #pools: LibvirtPools;

  constructor(connection: HostConnection, pools: LibvirtPools) {
    this.#connection = connection;
    this.#pools = pools;
  }

  async ensureSaved(id: string, call: Call = {}): Promise<void> {
    const dom = await this.#domain(id, call);
    if (await this.#isOff(dom, call)) return;
    await this.#connection
      .call('domainManagedSave', { dom, flags: 0 }, call)
      .catch(async (error: unknown) => {
        // An earlier request, of a controller that is gone, may have come to its end meanwhile.
        if (!(await this.#isOff(dom, call))) throw error;
      });
  }

  async ensureSavedGone(id: string, call: Call = {}): Promise<void> {
    if (!(await this.isSaved(id, call))) return;
    const dom = await this.#domain(id, call);
    await this.#connection.call('domainManagedSaveRemove', { dom, flags: 0 }, call);
  }

  async isSaved(id: string, call: Call = {}): Promise<boolean> {
    const dom = await this.#domain(id, call);
    return (await this.#connection.call('domainHasManagedSaveImage', { dom, flags: 0 }, call)).result;
  }

  async statistics(id: string, call: Call = {}): Promise<GuestStatistics> {
    const dom = await this.#domain(id, call);
    if (await this.#isOff(dom, call)) {
      const message = `${this.#connection.uri}: domain ${id} does not run and has no statistics`;
      throw new HypervisorError('wrong-state', this.#connection.uri, message);
    }
    const groups = DomainStatsGroup.balloon | DomainStatsGroup.vcpu | DomainStatsGroup.interface;
    const args = { doms: [dom], stats: groups | DomainStatsGroup.block, flags: 0 };
    const { retStats } = await this.#connection.call('connectGetAllDomainStats', args, call);
    return statisticsOf(retStats[0]?.params ?? []);
  }

  async processorTimesNs(call: Call = {}): Promise<ReadonlyMap<string, number>> {
    const args = { doms: [], stats: DomainStatsGroup.cpuTotal, flags: DomainStatsFlag.active };
    const { retStats } = await this.#connection.call('connectGetAllDomainStats', args, call);
    return new Map(
      retStats.flatMap(({ dom, params }) => {
        const ns = numberOf(params, 'cpu.time');
        return ns === null ? [] : [[dom.uuid, ns]];
      }),
    );
  }

  async sampleDirtyPages(id: string, seconds: number, call: Call = {}): Promise<DirtyWindow> {
    const dom = await this.#domain(id, call);
    return sampleDirtyPages(this.#connection, dom, seconds, call);
  }

  async consoleOutput(id: string, maxBytes: number, call: Call = {}): Promise<string | null> {
    const dom = await this.#domain(id, call);
    const { xml } = await this.#connection.call(
      'domainGetXmlDesc',
      { dom, flags: DomainXmlFlag.inactive },
      call,
    );
    const path = consoleFile(xml);
    if (path === null) return null;
    // A guest that has written nothing yet has no file yet: there is a console, and it is empty.
    return (await readSmallFile(this.#connection, this.#pools, path, call, { lastBytes: maxBytes })) ?? '';
  }

  async #domain(id: string, call: Call): Promise<DomainRef> {
    return (await this.#connection.call('domainLookupByUuid', { uuid: id }, call)).dom;
  }

  async #isOff(dom: DomainRef, call: Call): Promise<boolean> {
    const { state, reason } = await this.#connection.call('domainGetState', { dom, flags: 0 }, call);
    const { power } = domainPower(state, reason);
    return power === 'shutoff' || power === 'crashed';
  }
}

/** From the names of `virConnectGetAllDomainStats`; sizes of the balloon are KiB. */
function statisticsOf(params: readonly TypedParameter[]): GuestStatistics {
  const number = (name: string): number => numberOf(params, name) ?? 0;
  const each = (group: string): string[] =>
    Array.from({ length: number(`${group}.count`) }, (_, index) => `${group}.${index}`);
  return {
    vcpuTimesNs: Array.from({ length: number('vcpu.current') }, (_, index) =>
      BigInt(number(`vcpu.${index}.time`)),
    ),
    memoryMaximumKib: numberOf(params, 'balloon.maximum') ?? null,
    memoryUsedKib: numberOf(params, 'balloon.rss') ?? null,
    disks: each('block').map((disk) => ({
      readBytes: number(`${disk}.rd.bytes`),
      readRequests: number(`${disk}.rd.reqs`),
      writeBytes: number(`${disk}.wr.bytes`),
      writeRequests: number(`${disk}.wr.reqs`),
    })),
    interfaces: each('net').map((card) => ({
      receivedBytes: number(`${card}.rx.bytes`),
      receivedPackets: number(`${card}.rx.pkts`),
      receiveErrors: number(`${card}.rx.errs`),
      receiveDrops: number(`${card}.rx.drop`),
      sentBytes: number(`${card}.tx.bytes`),
      sentPackets: number(`${card}.tx.pkts`),
      sendErrors: number(`${card}.tx.errs`),
      sendDrops: number(`${card}.tx.drop`),
    })),
  };
}
