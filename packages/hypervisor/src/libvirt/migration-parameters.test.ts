import { expect, test } from 'vitest';
import type { LiveMigrationOptions, MigrationTuning } from '../contract/host-migration.ts';
import { migrationFlags, migrationParams } from './migration-parameters.ts';

const mebibyte = 1024 ** 2;
const plain: LiveMigrationOptions = {
  domainId: 'web',
  persistent: false,
  copyDisks: ['vdb'],
  bandwidthBytesPerSecond: null,
  maxDowntimeMs: null,
  postCopy: false,
  arrivesPaused: false,
  adaptation: null,
};
const tuning: MigrationTuning = {
  parallelConnections: 2,
  compression: 'zstd',
  xbzrleCacheBytes: 64 * mebibyte,
  throttle: { firstPercent: 20, stepPercent: 10 },
  availSwitchoverBytesPerSecond: 300 * mebibyte,
  zeroTargets: ['vdb'],
};

test('what a strategy says is told to libvirt in its own units: caches in bytes, rates in MiB a second', () => {
  const told = migrationParams({ ...plain, tuning }).map(({ field, value }) => [field, value]);
  expect(told).toEqual([
    ['migrate_disks', 'vdb'],
    ['migrate_disks_target_zero', 'vdb'],
    ['parallel.connections', 2],
    ['compression', 'zstd'],
    ['compression.xbzrle.cache', 64n * 1024n ** 2n],
    ['auto_converge.initial', 20],
    ['auto_converge.increment', 10],
    ['bandwidth.avail.switchover', 300n],
  ]);
  // VIR_MIGRATE_COMPRESSED, VIR_MIGRATE_AUTO_CONVERGE and VIR_MIGRATE_PARALLEL.
  expect(migrationFlags({ ...plain, tuning }) - migrationFlags(plain)).toBe(2048 + 8192 + 131_072);
});

test('without a strategy it is told nothing of that', () => {
  expect(migrationParams(plain).map(({ field }) => field)).toEqual(['migrate_disks']);
});
