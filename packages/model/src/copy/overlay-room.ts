import { directoryOf } from '../check/show-values.ts';
import type { Migration } from '../migration/migration.ts';
import { imagesToBring } from '../strategy/plan-transfer.ts';
import { targetPathOf, type TransferPlan } from '../strategy/transfer-plan.ts';

const mebibyte = 1024 * 1024;
/** What a guest writes while its disk is copied is not known: a tenth of what the disk takes, and no less than this. */
const share = 0.1;
const leastBytes = 64 * mebibyte;

/**
 * Bytes to be had in each directory for the overlays of a warm copy, on either host: what the guest may write, once in the
 * overlay and once more in the image that it is merged into.
 */
export function overlayRoom(plan: Pick<TransferPlan, 'disks' | 'warm'> | null): ReadonlyMap<string, number> {
  const room = new Map<string, number>();
  for (const disk of plan?.disks ?? []) {
    if (disk.action !== 'copy' || plan?.warm?.includes(disk.target) !== true) continue;
    const bytes = Math.min(disk.capacityBytes, Math.max(leastBytes, Math.ceil(disk.allocationBytes * share)));
    const directory = directoryOf(disk.path);
    room.set(directory, (room.get(directory) ?? 0) + 2 * bytes);
  }
  return room;
}

/**
 * Bytes that migrations under way are still to write to their target, by directory: what their images take, less what was
 * brought already, which is gone from the room that the target tells.
 */
export function claimedRoom(
  migrations: readonly Pick<Migration, 'plan' | 'copies'>[],
): ReadonlyMap<string, number> {
  const claimed = new Map<string, number>();
  for (const { plan, copies } of migrations) {
    for (const { path, allocationBytes, toDevice } of imagesToBring(plan?.disks ?? [])) {
      if (toDevice === true) continue;
      const copy = copies.find((one) => one.path === path);
      const there = copy === undefined ? 0 : copy.resumedBytes + copy.sentBytes;
      const left = copy?.state === 'done' ? 0 : Math.max(0, allocationBytes - there);
      const directory = directoryOf(plan === null ? path : targetPathOf(plan, path));
      claimed.set(directory, (claimed.get(directory) ?? 0) + left);
    }
    // What of the overlays has come is small, and counted twice until the migration ends: rather too much than too little.
    for (const [directory, bytes] of overlayRoom(plan))
      claimed.set(directory, (claimed.get(directory) ?? 0) + bytes);
  }
  return claimed;
}

/** Bytes that Ferry's own copies leave free in a directory of the target, for others who write there. */
export const spareRoomBytes: number = 64 * 1024 * 1024;

/** Ferry makes no more overlays than that on one disk: a guest that writes faster than is copied has no end otherwise. */
export const maxOverlays = 6;

/**
 * Where a disk's overlay of a round stands: beside the image, with a name that tells whose it is. Rounds count from 1; the
 * first overlay stands on the image itself, each next one on the one before.
 */
export function overlayPath(imagePath: string, migrationId: string, round: number): string {
  const slash = imagePath.lastIndexOf('/') + 1;
  return `${imagePath.slice(0, slash)}.${imagePath.slice(slash)}.ferry-${migrationId}.${round}`;
}

/** All paths at which a migration may have made overlays of a disk. */
export function overlayPaths(imagePath: string, migrationId: string): string[] {
  return Array.from({ length: maxOverlays }, (_, index) => overlayPath(imagePath, migrationId, index + 1));
}

/** Less than that is sent before the hosts have done what else an outage is made of. */
const fewBytes = 32 * mebibyte;
/** A rest that takes no longer than that is not worth a round more. */
const shortMs = 1000;
/** A round that leaves more than that share of what it copied gains too little. */
const leastGain = 0.75;

/** What a round of copying showed, at its end. */
export interface WarmReading {
  /** Counts from 1. */
  readonly round: number;
  /** Bytes of the images that this round had to copy. */
  readonly roundBytes: number;
  /** What the guest wrote meanwhile, and what would be copied while it is off. */
  readonly waitingBytes: number;
  /** Bytes that were really sent in this run of it, and how long that took. */
  readonly movedBytes: number;
  readonly elapsedMs: number;
}

/**
 * Whether to copy one round more while the guest runs, or to power it off for the rest: when the rest is small or quickly
 * sent, when a round more would gain too little, or when there were enough.
 */
export function nextWarmRound(reading: WarmReading): 'again' | 'power-off' {
  const { round, roundBytes, waitingBytes, movedBytes, elapsedMs } = reading;
  if (round >= maxOverlays) return 'power-off';
  if (waitingBytes <= fewBytes) return 'power-off';
  if (waitingBytes * elapsedMs <= movedBytes * shortMs) return 'power-off';
  return waitingBytes > roundBytes * leastGain ? 'power-off' : 'again';
}
