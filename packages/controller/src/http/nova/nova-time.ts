/** UTC ISO 8601 as servers tell it: to the second, with a Z. */
export function secondsTime(iso: string): string {
  return `${iso.slice(0, 19)}Z`;
}

/** UTC ISO 8601 as everything else tells it: with six digits after the second and no zone. */
export function microsecondsTime(iso: string): string {
  const fraction = /\.(\d+)/.exec(iso)?.[1] ?? '';
  return `${iso.slice(0, 19)}.${fraction.padEnd(6, '0').slice(0, 6)}`;
}

/** A time that a client gave, as it is stored; null where it is none. One without a zone is UTC. */
export function storedTime(text: string): string | null {
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`;
  const at = Date.parse(zoned);
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}
