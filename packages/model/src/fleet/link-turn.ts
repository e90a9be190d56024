import { showBytes } from '../check/show-values.ts';
import { fullFrom } from './link-streams.ts';

/** A move that sends, as the ports of its hosts see it. */
export interface SendingMove {
  readonly name: string;
  readonly fromHostId: string;
  readonly toHostId: string;
  /** As measured between two looks; null: not known yet. */
  readonly bytesPerSecond: number | null;
  /** Until its memory is over at that speed; null: not known yet. */
  readonly leftMs: number | null;
}

/** The port of a host, and what it carries in one direction. */
export interface HostPort {
  readonly hostId: string;
  readonly hostName: string;
  readonly bytesPerSecond: number;
}

/** Whether a move that is prepared may send. */
export type LinkTurn = { readonly kind: 'now' } | { readonly kind: 'waits'; readonly because: string };

/**
 * How long the hypervisors of both hosts take to agree on a transfer before its first byte, ms; measured from 0.5 s on idle
 * hosts to 3 s on busy ones. The link is idle for as long unless the next one begins so much earlier.
 */
const agreeMs = 2_000;
/** Looks that are closer tell more of the buffers between than of the link. */
const leastBetweenMs = 500;
/** Who is not let in at one look is only let in at the next, when so much less is left: half a second of an idle link each time. */
const aheadMs = agreeMs + leastBetweenMs;

/**
 * A port carries `perLink` transfers in each direction, and one more while those that it has are measured to use less than
 * 80 % of it, or when one of them is over before the next has sent its first byte. Of what is not measured yet it is not
 * known, and the next one waits. The reason names who sends and no figures of theirs, so that it stays the same while it holds.
 */
export function linkTurn(
  own: { readonly from: HostPort; readonly to: HostPort },
  sending: readonly SendingMove[],
  perLink: number,
): LinkTurn {
  const leaving = sending.filter(({ fromHostId }) => fromHostId === own.from.hostId);
  const coming = sending.filter(({ toHostId }) => toHostId === own.to.hostId);
  const because = [whyFull(own.from, 'out', leaving, perLink), whyFull(own.to, 'in', coming, perLink)].filter(
    (why) => why !== null,
  );
  return because.length === 0 ? { kind: 'now' } : { kind: 'waits', because: because.join('; ') };
}

function whyFull(
  { hostName, bytesPerSecond }: HostPort,
  way: 'in' | 'out',
  on: readonly SendingMove[],
  perLink: number,
): string | null {
  if (on.length < perLink) return null;
  const measured = on.flatMap((one) => one.bytesPerSecond ?? []);
  const used = measured.reduce((sum, rate) => sum + rate, 0);
  const isOneMore = on.length === perLink && measured.length === on.length;
  if (isOneMore && used < fullFrom * bytesPerSecond) return null;
  if (on.length === perLink && on.some(({ leftMs }) => leftMs !== null && leftMs <= aheadMs)) return null;
  const names = on.slice(0, 3).map(({ name }) => name);
  const more = on.length > names.length ? ` and ${on.length - names.length} more` : '';
  return `waits for the port of ${hostName}, ${way} (${showBytes(bytesPerSecond)}/s): ${names.join(', ')}${more} ${on.length === 1 ? 'sends' : 'send'} through it`;
}

/** A look at a transfer: what it has sent by then, what is left, and for how long it has run, ms. */
export interface SentSoFar {
  readonly doneBytes: number;
  readonly remainingBytes: number;
  readonly elapsedMs: number;
}

/** A look, with the speed since the one before; null: not known yet. */
export interface MeasuredStream extends SentSoFar {
  readonly bytesPerSecond: number | null;
  readonly leftMs: number | null;
}

/**
 * How fast transfers are, measured between two looks at each that are half a second apart or more. Before the first byte
 * there is nothing to measure: the hypervisors agree on the transfer then. `seen` has the earlier looks by id, and what is
 * to be kept of them.
 */
export function measureStreams(
  seen: ReadonlyMap<string, MeasuredStream>,
  now: ReadonlyMap<string, SentSoFar | null>,
): ReadonlyMap<string, MeasuredStream> {
  const kept = new Map<string, MeasuredStream>();
  for (const [id, look] of now) {
    const before = seen.get(id);
    if (look === null || look.doneBytes <= 0) continue;
    const { doneBytes, remainingBytes, elapsedMs } = look;
    const ms = before === undefined ? 0 : elapsedMs - before.elapsedMs;
    if (before !== undefined && ms >= 0 && ms < leastBetweenMs) {
      // How fast it is needs a longer time; what is left is known now.
      const leftNowMs = leftMsOf(remainingBytes, before.bytesPerSecond);
      kept.set(id, { ...before, leftMs: leftNowMs });
      continue;
    }
    const rate = before === undefined || ms < 0 ? null : ((doneBytes - before.doneBytes) / ms) * 1000;
    const leftMs = leftMsOf(remainingBytes, rate);
    kept.set(id, { doneBytes, remainingBytes, elapsedMs, bytesPerSecond: rate, leftMs });
  }
  return kept;
}

function leftMsOf(remainingBytes: number, bytesPerSecond: number | null): number | null {
  return bytesPerSecond === null || bytesPerSecond <= 0 ? null : (remainingBytes / bytesPerSecond) * 1000;
}
