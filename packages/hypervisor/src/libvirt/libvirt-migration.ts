import {
  type Connection,
  DomainPausedReason,
  type DomainRef,
  DomainState,
  DomainXmlFlag,
  JobStatsFlag,
  JobType,
  MigrateFlag,
  MigrateParam,
  numberOf,
  type TypedParameter,
} from '@ferry/libvirt';
import type { TransferProgress } from '@ferry/model';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import type {
  HostMigration,
  LiveMigrationOptions,
  MigrationSource,
  MigrationTarget,
} from '../contract/host-migration.ts';
import { adaptDomainXml } from '../xml/adapt-domain-xml.ts';
import type { HostConnection } from './host-connection.ts';
import { parse } from './libvirt-facts.ts';
import { CoordinatedSource, CoordinatedTarget } from './coordinated-migration.ts';
import { mebibytesOf, migrationFlags, migrationParams } from './migration-parameters.ts';

/** libvirt's job statistics as progress. Fields it does not give (yet) are zero or null. */
function progressOf(params: readonly TypedParameter[]): TransferProgress {
  const number = (field: string): number => numberOf(params, field) ?? 0;
  const pageBytes = number('memory_page_size');
  const dirtyPages = numberOf(params, 'memory_dirty_rate');
  const memoryTotal = number('memory_total');
  const diskTotal = number('disk_total');
  const remainingBytes = number('memory_remaining') + number('disk_remaining');
  return {
    elapsedMs: number('time_elapsed'),
    totalBytes: memoryTotal + diskTotal,
    // Of what there is, not of what was sent: pages sent again count once.
    doneBytes: Math.max(0, memoryTotal + diskTotal - remainingBytes),
    remainingBytes,
    memoryBytes: number('memory_processed'),
    diskBytes: number('disk_processed'),
    zeroBytes: number('memory_constant') * pageBytes,
    rateBytesPerSecond: number('memory_bps') + number('disk_bps'),
    dirtyBytesPerSecond: dirtyPages === null ? null : dirtyPages * pageBytes,
    iteration: number('memory_iteration'),
    expectedDowntimeMs: null,
    downtimeMs: numberOf(params, 'downtime'),
    memoryRemainingBytes: number('memory_remaining'),
    throttlePercent: numberOf(params, 'auto_converge_throttle'),
    xbzrleCacheMisses: numberOf(params, 'compression_cache_misses'),
  };
}

const empty = new Uint8Array();
/** What libvirt itself takes for no limit: the most bytes a second that QEMU counts, in MiB. */
const noLimitMebibytes = 2n ** 63n / 2n ** 20n - 1n;

/** Live migration on libvirt, in both forms. */
export class LibvirtMigration implements HostMigration {
  readonly #connection: HostConnection;

  constructor(connection: HostConnection) {
    this.#connection = connection;
  }

  migrateToPeer(
    options: LiveMigrationOptions & { readonly targetPeerUri: string },
    call: Call = {},
  ): Promise<void> {
    return this.#toPeer(options, 0, call);
  }

  resumePostCopy(
    options: LiveMigrationOptions & { readonly targetPeerUri: string },
    call: Call = {},
  ): Promise<void> {
    return this.#toPeer(options, MigrateFlag.postcopyResume, call);
  }

  async startPostCopy(domainId: string, call: Call = {}): Promise<void> {
    const { dom } = await this.#connection.urgent('domainLookupByUuid', { uuid: domainId }, call);
    const { state, reason } = await this.#connection.urgent('domainGetState', { dom, flags: 0 }, call);
    if (state === DomainState.paused && reason === DomainPausedReason.postcopy) return;
    await this.#connection.urgent('domainMigrateStartPostCopy', { dom, flags: 0 }, call);
  }

  async setBandwidth(domainId: string, bytesPerSecond: number | null, call: Call = {}): Promise<void> {
    const { dom } = await this.#connection.urgent('domainLookupByUuid', { uuid: domainId }, call);
    const bandwidth = bytesPerSecond === null ? noLimitMebibytes : mebibytesOf(bytesPerSecond);
    await this.#connection.urgent('domainMigrateSetMaxSpeed', { dom, bandwidth, flags: 0 }, call);
  }

  async setCompressionCache(domainId: string, bytes: number, call: Call = {}): Promise<void> {
    const { dom } = await this.#connection.urgent('domainLookupByUuid', { uuid: domainId }, call);
    const cacheSize = BigInt(bytes);
    await this.#connection.urgent('domainMigrateSetCompressionCache', { dom, cacheSize, flags: 0 }, call);
  }

  async setMaxDowntime(domainId: string, limitMs: number, call: Call = {}): Promise<void> {
    const { dom } = await this.#connection.urgent('domainLookupByUuid', { uuid: domainId }, call);
    const downtime = BigInt(limitMs);
    await this.#connection.urgent('domainMigrateSetMaxDowntime', { dom, downtime, flags: 0 }, call);
  }

  async #toPeer(
    options: LiveMigrationOptions & { readonly targetPeerUri: string },
    more: number,
    call: Call,
  ): Promise<void> {
    // A connection of its own: the call lasts as long as the migration.
    const connection = await this.#connection.open(call);
    try {
      const dom = await this.#prepareSource(connection, options, call);
      await connection.call(
        'domainMigratePerform3Params',
        {
          dom,
          dconnuri: options.targetPeerUri,
          params: [...migrationParams(options), ...(await this.#targetXml(connection, dom, options, call))],
          cookieIn: empty,
          flags: migrationFlags(options) | MigrateFlag.peer2peer | more,
        },
        { signal: call.signal, deadlineMs: Number.POSITIVE_INFINITY },
      );
    } catch (error) {
      throw this.#connection.errorOf(error);
    } finally {
      connection.destroy();
    }
  }

  async openMigrationSource(options: LiveMigrationOptions, call: Call = {}): Promise<MigrationSource> {
    const connection = await this.#connection.open(call);
    try {
      const dom = await this.#prepareSource(connection, options, call);
      return new CoordinatedSource(
        this.#connection,
        connection,
        dom,
        options,
        await this.#targetXml(connection, dom, options, call),
      );
    } catch (error) {
      connection.destroy();
      throw this.#connection.errorOf(error);
    }
  }

  async openMigrationTarget(options: LiveMigrationOptions, call: Call = {}): Promise<MigrationTarget> {
    return new CoordinatedTarget(this.#connection, await this.#connection.open(call), options);
  }

  async jobProgress(domainId: string, call: Call = {}): Promise<TransferProgress | null> {
    return this.#job(domainId, 0, call);
  }

  async completedJob(domainId: string, call: Call = {}): Promise<TransferProgress | null> {
    return this.#job(domainId, JobStatsFlag.completed | JobStatsFlag.keepCompleted, call);
  }

  async abortJob(domainId: string, call: Call = {}): Promise<void> {
    const { dom } = await this.#connection.urgent('domainLookupByUuid', { uuid: domainId }, call);
    try {
      await this.#connection.urgent('domainAbortJob', { dom }, call);
    } catch (error) {
      // No job runs (any more): that is what was wanted.
      if (!(error instanceof HypervisorError && error.code === 'wrong-state')) throw error;
    }
  }

  async #job(domainId: string, flags: number, call: Call): Promise<TransferProgress | null> {
    try {
      const { dom } = await this.#connection.urgent('domainLookupByUuid', { uuid: domainId }, call);
      const { type, params } = await this.#connection.urgent('domainGetJobStats', { dom, flags }, call);
      return type === JobType.none ? null : progressOf(params);
    } catch (error) {
      const gone =
        error instanceof HypervisorError && (error.code === 'no-domain' || error.code === 'wrong-state');
      if (gone) return null;
      throw error;
    }
  }

  /** What the target is told of the domain where it is to be another than here: running, and its definition. */
  async #targetXml(
    connection: Connection,
    dom: DomainRef,
    { adaptation, persistent }: LiveMigrationOptions,
    call: Call,
  ): Promise<TypedParameter[]> {
    if (adaptation === null) return [];
    const adapted = async (more: number): Promise<string> => {
      const flags = DomainXmlFlag.secure | DomainXmlFlag.migratable | more;
      const { xml } = await connection.call('domainGetXmlDesc', { dom, flags }, call);
      const use = more === 0 ? 'transfer' : 'definition';
      return parse(this.#connection, () => adaptDomainXml(xml, adaptation, use));
    };
    const params: TypedParameter[] = [
      { field: MigrateParam.destXml, type: 'string', value: await adapted(0) },
    ];
    if (persistent) {
      const value = await adapted(DomainXmlFlag.inactive);
      params.push({ field: MigrateParam.persistXml, type: 'string', value });
    }
    return params;
  }

  /** Finds the domain and sets what is set on the domain and not on the migration. */
  async #prepareSource(
    connection: Connection,
    options: LiveMigrationOptions,
    call: Call,
  ): Promise<DomainRef> {
    const { dom } = await connection.call('domainLookupByUuid', { uuid: options.domainId }, call);
    if (options.maxDowntimeMs !== null) {
      await connection.call(
        'domainMigrateSetMaxDowntime',
        { dom, downtime: BigInt(options.maxDowntimeMs), flags: 0 },
        call,
      );
    }
    return dom;
  }
}
