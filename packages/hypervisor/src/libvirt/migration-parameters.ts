import { MigrateFlag, MigrateParam, type TypedParameter } from '@ferry/libvirt';
import type { LiveMigrationOptions, MigrationTuning } from '../contract/host-migration.ts';

const mebibyte = 1024 * 1024;

/** Flags of both forms, without peer-to-peer. Images of copied disks are there already, so each is sent on its own. */
export function migrationFlags(options: LiveMigrationOptions): number {
  const persist = options.persistent ? MigrateFlag.persistDest | MigrateFlag.undefineSource : 0;
  const copy = options.copyDisks.length > 0 ? MigrateFlag.nonSharedInc : 0;
  const paused = options.arrivesPaused ? MigrateFlag.paused : 0;
  const postCopy = options.postCopy ? MigrateFlag.postcopy : 0;
  return MigrateFlag.live | persist | copy | paused | postCopy | tuningFlags(options.tuning);
}

function tuningFlags(tuning: MigrationTuning | undefined): number {
  if (tuning === undefined) return 0;
  const parallel = tuning.parallelConnections === null ? 0 : MigrateFlag.parallel;
  const compressed = tuning.compression === 'none' ? 0 : MigrateFlag.compressed;
  const encrypted = tuning.encrypted === true ? MigrateFlag.tls : 0;
  return parallel | compressed | encrypted | (tuning.throttle === null ? 0 : MigrateFlag.autoConverge);
}

/** libvirt counts whole MiB a second, and 0 means no limit. */
export function mebibytesOf(bytes: number): bigint {
  return BigInt(Math.max(1, Math.round(bytes / mebibyte)));
}

/** Parameters of both forms. */
export function migrationParams(options: LiveMigrationOptions): TypedParameter[] {
  const params: TypedParameter[] = options.copyDisks.map((value) => ({
    field: MigrateParam.migrateDisks,
    type: 'string',
    value,
  }));
  if (options.bandwidthBytesPerSecond !== null) {
    const value = mebibytesOf(options.bandwidthBytesPerSecond);
    params.push({ field: MigrateParam.bandwidth, type: 'ullong', value });
    // What is fetched in post-copy has a limit of its own, and none unless it is said.
    if (options.postCopy) params.push({ field: MigrateParam.bandwidthPostcopy, type: 'ullong', value });
  }
  return [...params, ...(options.tuning === undefined ? [] : tuningParams(options.tuning))];
}

function tuningParams(tuning: MigrationTuning): TypedParameter[] {
  const { parallelConnections, compression, xbzrleCacheBytes, throttle, availSwitchoverBytesPerSecond } =
    tuning;
  const params: TypedParameter[] = tuning.zeroTargets.map((value) => ({
    field: MigrateParam.migrateDisksTargetZero,
    type: 'string',
    value,
  }));
  if (parallelConnections !== null)
    params.push({ field: MigrateParam.parallelConnections, type: 'int', value: parallelConnections });
  if (compression !== 'none')
    params.push({ field: MigrateParam.compression, type: 'string', value: compression });
  if (xbzrleCacheBytes !== null)
    params.push({
      field: MigrateParam.compressionXbzrleCache,
      type: 'ullong',
      value: BigInt(xbzrleCacheBytes),
    });
  if (throttle !== null)
    params.push(
      { field: MigrateParam.autoConvergeInitial, type: 'int', value: throttle.firstPercent },
      { field: MigrateParam.autoConvergeIncrement, type: 'int', value: throttle.stepPercent },
    );
  if (availSwitchoverBytesPerSecond !== null) {
    const value = mebibytesOf(availSwitchoverBytesPerSecond);
    params.push({ field: MigrateParam.bandwidthAvailSwitchover, type: 'ullong', value });
  }
  return params;
}
