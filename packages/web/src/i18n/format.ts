import type { Language } from './text.tsx';

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;
const localeOf = { en: 'en-GB', zh: 'zh-CN' } as const satisfies Record<Language, string>;

/** Bytes with the unit that leaves one to three digits before the point. */
export function bytes(value: number): string {
  let rest = value;
  let unit = 0;
  while (rest >= 1000 && unit < units.length - 1) {
    rest /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || rest >= 100 ? 0 : rest >= 10 ? 1 : 2;
  return `${Number(rest.toFixed(digits))} ${units[unit]}`;
}

/** Bytes a second. */
export function rate(value: number): string {
  return `${bytes(value)}/s`;
}

/** Milliseconds as people say them: 80 ms, 3.2 s, 4 min 10 s, 5 min, 2 h 5 min. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${Number((ms / 1000).toFixed(1))} s`;
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (seconds < 3600) return `${minutes} min${seconds % 60 === 0 ? '' : ` ${seconds % 60} s`}`;
  return `${Math.floor(minutes / 60)} h${minutes % 60 === 0 ? '' : ` ${minutes % 60} min`}`;
}

/** A time of UTC in the reader's zone: the time of day alone where it was today. */
export function time(iso: string, language: Language, now: Date = new Date()): string {
  const date = new Date(iso);
  const clock: Intl.DateTimeFormatOptions = {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hour12: false,
  };
  const isToday = date.toDateString() === now.toDateString();
  const options = isToday ? clock : ({ ...clock, year: 'numeric', month: 'short', day: 'numeric' } as const);
  return new Intl.DateTimeFormat(localeOf[language], options).format(date);
}

/** The same in full, with the zone. */
export function fullTime(iso: string, language: Language): string {
  return new Intl.DateTimeFormat(localeOf[language], { dateStyle: 'full', timeStyle: 'long' }).format(
    new Date(iso),
  );
}

/** A version of libvirt or QEMU as they count it: major · 1,000,000 + minor · 1,000 + release. Empty where it is not known. */
export function version(value: number): string {
  if (value === 0) return '';
  return `${Math.floor(value / 1_000_000)}.${Math.floor(value / 1_000) % 1_000}.${value % 1_000}`;
}
