import { limitFor, defaultDowntimeMs } from '../transfer/control/control-rules.ts';
import { knownBad } from '../host/known-bad-versions.ts';
import type { PolicyOrigin } from '../policy/effective-policy.ts';
import type { Compression, PolicyValues } from '../policy/policy-values.ts';
import { type EncryptionFacts, isEncrypted } from './memory-encryption.ts';

const mebibyte = 1024 * 1024;

/** What the hypervisor is told at the start of a live transfer, and why, in words. Plain data: it stands in the move's log. */
export interface TransferStrategy {
  readonly bandwidthBytesPerSecond: number | null;
  /** At which downtime it may switch over at first, milliseconds; null: the hypervisor's own. */
  readonly downtimeMs: number | null;
  /** What the hypervisor is told for that, milliseconds. */
  readonly limitMs: number | null;
  /** Rate of the switch-over that it counts with (`bandwidth.avail.switchover`), bytes a second; null: its own. */
  readonly availSwitchoverBytesPerSecond: number | null;
  readonly parallelConnections: number | null;
  readonly compression: Compression;
  /** Memory that deltas are made against, bytes; null: no deltas. */
  readonly xbzrleCacheBytes: number | null;
  /** QEMU's auto-converge: percent at first, and percent more at each pass. */
  readonly throttle: { readonly firstPercent: number; readonly stepPercent: number } | null;
  /** Copied disks whose targets are known to hold nothing but zeros, by the guest's names. */
  readonly zeroTargets: readonly string[];
  /** By QEMU's native TLS; not set in logs of versions that knew no such thing. */
  readonly encrypted?: boolean;
  /** What was chosen and why, a sentence each. */
  readonly words: readonly string[];
}

/** What a strategy is made of. */
export interface StrategyFacts {
  readonly values: PolicyValues;
  /** Who said the downtime: a request's is given to the hypervisor as it is. */
  readonly downtimeFrom: PolicyOrigin['kind'];
  readonly memoryBytes: number;
  /** libvirt's numbers (11.3.0 is 11003000) of both hosts, QEMU's of the source; null: not told. */
  readonly libvirt: { readonly source: number | null; readonly target: number | null };
  readonly qemu: { readonly source: number | null };
  /** Copied disks that Ferry makes a new, empty file for. */
  readonly freshDisks: readonly string[];
  /** Whether both hosts can send encrypted; null: it is not known. */
  readonly encryption: EncryptionFacts | null;
  /** Of an earlier transfer of the instance: what it changes in a pass is the same however long that is. */
  readonly smallHotSet: boolean | null;
}

/** From these versions on, by libvirt's header and news and QEMU's. */
const since = { availSwitchover: { libvirt: 11_001_000, qemu: 8_002_000 }, targetZero: 12_002_000 } as const;
/** QEMU's own cache for deltas; and what of the guest's memory is taken at most. */
const cache = { least: 64 * mebibyte, share: 4 } as const;
/** Steps from the first throttle to the most: QEMU takes one at each pass that does not converge. */
const throttleSteps = 4;

/** Flags and numbers for the hypervisor, from what holds for a move and what both hosts can. */
export function transferStrategy(facts: StrategyFacts): TransferStrategy {
  const { values } = facts;
  const words: string[] = [];
  const downtimeMs = firstDowntime(facts, words);
  const counts = countsWithLink(facts, words);
  const encrypted = isEncrypted(values.encryption, facts.encryption);
  if (encrypted) words.push('sends memory and disks encrypted (TLS)');
  const { bandwidthBytesPerSecond: cap, linkBytesPerSecond: link } = values;
  const limitMs = downtimeMs === null ? null : limitFor({ values, countsWithLink: counts }, downtimeMs, cap);
  if (limitMs !== null && limitMs > (downtimeMs ?? 0))
    words.push(
      `the hypervisor is told a limit of ${limitMs} ms for ${downtimeMs ?? 0} ms of downtime: it counts with ${mib(cap ?? 0)}/s, and the last of the memory goes at ${mib(link ?? 0)}/s`,
    );
  if (cap !== null) words.push(`sends ${mib(cap)}/s at most`);
  return {
    bandwidthBytesPerSecond: cap,
    downtimeMs,
    limitMs,
    availSwitchoverBytesPerSecond: counts ? link : null,
    parallelConnections: parallel(facts, encrypted, words),
    compression: values.compression,
    xbzrleCacheBytes: xbzrleCache(facts, words),
    throttle: throttle(facts, words),
    zeroTargets: zeroTargets(facts, words),
    encrypted,
    words,
  };
}

/**
 * A policy's budget above QEMU's own 300 ms is not used at once: a guest that converges is switched over with less, and the
 * rest is there for one that does not.
 */
function firstDowntime({ values, downtimeFrom }: StrategyFacts, words: string[]): number | null {
  const budget = values.maxDowntimeMs;
  if (budget === null) return values.linkBytesPerSecond === null ? null : defaultDowntimeMs;
  if (downtimeFrom === 'request' || budget <= defaultDowntimeMs) return budget;
  words.push(
    `switches over with up to ${defaultDowntimeMs} ms of downtime at first; the budget of ${budget} ms is used only if it does not converge`,
  );
  return defaultDowntimeMs;
}

function countsWithLink({ values, libvirt, qemu }: StrategyFacts, words: string[]): boolean {
  if (values.linkBytesPerSecond === null) return false;
  const can =
    atLeast(libvirt.source, since.availSwitchover.libvirt) &&
    atLeast(libvirt.target, since.availSwitchover.libvirt) &&
    atLeast(qemu.source, since.availSwitchover.qemu);
  words.push(
    can
      ? `counts downtime with ${mib(values.linkBytesPerSecond)}/s, the rate of the link`
      : 'counts downtime with the rate that it sends at: libvirt 11.1 on both hosts and QEMU 8.2 can be told the rate of the link',
  );
  return can;
}

function parallel(
  { values: { parallelConnections, compression }, libvirt, freshDisks }: StrategyFacts,
  encrypted: boolean,
  words: string[],
): number | null {
  if (parallelConnections === null) return null;
  const versions = [libvirt.source, libvirt.target];
  const fails = versions.some(
    (one) => one === null || knownBad('libvirt', one, 'encrypted-parallel-disks') !== null,
  );
  if (encrypted && freshDisks.length > 0 && fails) {
    words.push('sends memory over one connection: with disks over TLS more of them fail before libvirt 10.3');
    return null;
  }
  const how = compression === 'zstd' ? ', compressed with zstd' : '';
  words.push(`sends memory over ${parallelConnections} connections${how}`);
  return parallelConnections;
}

/** A power of two, as QEMU takes it. */
function xbzrleCache({ values, memoryBytes }: StrategyFacts, words: string[]): number | null {
  if (values.compression !== 'xbzrle') return null;
  const wanted = Math.max(cache.least, memoryBytes / cache.share);
  const bytes = 2 ** Math.floor(Math.log2(wanted));
  words.push(`sends deltas of pages that are sent again, with a cache of ${mib(bytes)} on the source`);
  return bytes;
}

function throttle({ values, smallHotSet }: StrategyFacts, words: string[]): TransferStrategy['throttle'] {
  const { throttleFirstPercent: first, throttleMaxPercent: most } = values;
  if (first === null || most === null) return null;
  if (smallHotSet === true) {
    words.push(
      'does not throttle the guest, though that is allowed: in its last transfer it changed the same memory over and over, and slower processors free no link then',
    );
    return null;
  }
  const stepPercent = Math.max(1, Math.floor((most - first) / throttleSteps));
  words.push(`may throttle the guest's processors, by ${first} % at first and ${most} % at most`);
  return { firstPercent: first, stepPercent };
}

function zeroTargets({ freshDisks, libvirt }: StrategyFacts, words: string[]): readonly string[] {
  const can = atLeast(libvirt.source, since.targetZero) && atLeast(libvirt.target, since.targetZero);
  if (!can || freshDisks.length === 0) return [];
  words.push(`writes no zeros to ${freshDisks.join(', ')}: their new files hold none but zeros`);
  return freshDisks;
}

function atLeast(version: number | null, least: number): boolean {
  return version !== null && version >= least;
}

function mib(bytes: number): string {
  return `${Math.round(bytes / mebibyte)} MiB`;
}
