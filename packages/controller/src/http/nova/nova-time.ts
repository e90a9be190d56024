import { NovaFault } from './nova-fault.ts';
import { type Query, valuesOf } from './paging.ts';

/** UTC ISO 8601 as servers tell it: to the second, with a Z. */
export function secondsTime(iso: string): string {
  return `${iso.slice(0, 19)}Z`;
}

/** UTC ISO 8601 as everything else tells it: with six digits after the second and no zone. */
export function microsecondsTime(iso: string): string {
  const fraction = /\.(\d+)/.exec(iso)?.[1] ?? '';
  return `${iso.slice(0, 19)}.${fraction.padEnd(6, '0').slice(0, 6)}`;
}

/** Date, time and zone, of which all that follows the year may be missing (Python's `iso8601`, by which Nova reads times). */
const isoTime = new RegExp(
  [
    String.raw`^(\d{4})`,
    String.raw`(?:(?:-(\d{1,2})|(\d{2})(?!$))`,
    String.raw`(?:(?:-(\d{1,2})|(\d{2}))`,
    String.raw`(?:[ T](\d{2})(?::?(\d{2}))?(?::?(\d{1,2})(?:[.,](\d+))?)?`,
    String.raw`(?:Z|([-+])(\d{2}):?(\d{2})?)?)?)?)?$`,
  ].join(''),
);

/** A time that a client gave, as it is stored; null where it is none. One without a zone is UTC. */
export function storedTime(text: string): string | null {
  const found = isoTime.exec(text);
  if (found === null) return null;
  const [, year, monthDash, month, dayDash, day, hour, minute, second, fraction, sign, zoneHour, zoneMinute] =
    found;
  const parts = {
    year: Number(year),
    month: number(monthDash ?? month, 1),
    day: number(dayDash ?? day, 1),
    hour: number(hour, 0),
    minute: number(minute, 0),
    second: number(second, 0),
  };
  const zone = number(zoneHour, 0) * 60 + number(zoneMinute, 0);
  if (!isPossible(parts) || zone >= 24 * 60 || number(zoneMinute, 0) > 59) return null;
  const milliseconds = Number((fraction ?? '').padEnd(3, '0').slice(0, 3));
  const at = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second);
  return new Date(at + milliseconds - (sign === '-' ? -1 : 1) * zone * 60_000).toISOString();
}

function number(part: string | undefined, otherwise: number): number {
  return part === undefined ? otherwise : Number(part);
}

/** Years before 100 would be taken for others by `Date.UTC`; nobody asks for them. */
function isPossible(
  parts: Readonly<Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', number>>,
): boolean {
  const { year, month, day, hour, minute, second } = parts;
  if (year < 100 || month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59) return false;
  return day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** A time that a query names, as it is stored; null where it names none. Refuses what is no time. */
export function queryTime(query: Query, name: string): string | null {
  const [text] = valuesOf(query, name);
  if (text === undefined) return null;
  const time = storedTime(text);
  if (time !== null) return time;
  throw new NovaFault(
    400,
    `Invalid input for query parameters ${name}. Value: ${text}. It is no time (ISO 8601).`,
  );
}
