import type { Case } from '../case.ts';
import { domainReads } from './domain-reads.ts';
import { domainTuningReads } from './domain-tuning-reads.ts';
import { domainUseReads } from './domain-use-reads.ts';
import { hostReads } from './host-reads.ts';
import { networkReads } from './network-reads.ts';
import { snapshotReads } from './snapshot-reads.ts';
import { storageReads } from './storage-reads.ts';

/** A case for every procedure that only looks. */
export const reads: readonly Case[] = [
  ...hostReads,
  ...domainReads,
  ...domainTuningReads,
  ...domainUseReads,
  ...snapshotReads,
  ...networkReads,
  ...storageReads,
];
