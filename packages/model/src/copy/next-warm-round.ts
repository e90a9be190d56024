import { maxOverlays } from './overlay-room.ts';

const mebibyte = 1024 * 1024;
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
