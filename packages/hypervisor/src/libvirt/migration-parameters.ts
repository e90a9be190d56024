import { MigrateFlag, MigrateParam, type TypedParameter } from '@ferry/libvirt';
import type { LiveMigrationOptions } from '../contract/host-migration.ts';

const mebibyte = 1024 * 1024;

/** Flags of both forms, without peer-to-peer. Images of copied disks are there already, so each is sent on its own. */
export function migrationFlags(options: LiveMigrationOptions): number {
  const persist = options.persistent ? MigrateFlag.persistDest | MigrateFlag.undefineSource : 0;
  const copy = options.copyDisks.length > 0 ? MigrateFlag.nonSharedInc : 0;
  const paused = options.arrivesPaused ? MigrateFlag.paused : 0;
  const postCopy = options.postCopy ? MigrateFlag.postcopy : 0;
  return MigrateFlag.live | persist | copy | paused | postCopy;
}

/** Parameters of both forms. */
export function migrationParams(options: LiveMigrationOptions): TypedParameter[] {
  const params: TypedParameter[] = options.copyDisks.map((value) => ({
    field: MigrateParam.migrateDisks,
    type: 'string',
    value,
  }));
  if (options.bandwidthBytesPerSecond !== null) {
    // libvirt counts whole MiB a second, and 0 means no limit.
    const value = BigInt(Math.max(1, Math.round(options.bandwidthBytesPerSecond / mebibyte)));
    params.push({ field: MigrateParam.bandwidth, type: 'ullong', value });
    // What is fetched in post-copy has a limit of its own, and none unless it is said.
    if (options.postCopy) params.push({ field: MigrateParam.bandwidthPostcopy, type: 'ullong', value });
  }
  return params;
}
