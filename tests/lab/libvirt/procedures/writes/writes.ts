import type { Case } from '../case.ts';
import { domainBlockWrites } from './domain-block-writes.ts';
import { domainDeviceWrites } from './domain-device-writes.ts';
import { domainGuestWrites } from './domain-guest-writes.ts';
import { domainLifeWrites } from './domain-life-writes.ts';
import { domainSaveWrites } from './domain-save-writes.ts';
import { domainTuningWrites } from './domain-tuning-writes.ts';
import { filterWrites } from './filter-writes.ts';
import { hostWrites } from './host-writes.ts';
import { networkWrites } from './network-writes.ts';
import { snapshotWrites } from './snapshot-writes.ts';
import { storageWrites } from './storage-writes.ts';

/** A case for every procedure that changes something, in an order in which each finds what it needs. */
export const writes: readonly Case[] = [
  ...domainLifeWrites,
  ...domainDeviceWrites,
  ...domainTuningWrites,
  ...domainBlockWrites,
  ...domainSaveWrites,
  ...domainGuestWrites,
  ...snapshotWrites,
  ...networkWrites,
  ...filterWrites,
  ...storageWrites,
  ...hostWrites,
];
