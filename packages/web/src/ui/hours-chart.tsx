import type { ReactNode } from 'react';
import style from './hours-chart.module.css';

/**
 * What is usual in each hour of the day, in the reader's own hours. `hours`: from 0 UTC; null: not seen in that hour.
 * `most`: what would fill a bar; null: the highest.
 */
export function HoursChart({
  title,
  hours,
  most,
  words,
  none,
}: {
  readonly title: string;
  readonly hours: readonly (number | null)[] | null;
  readonly most: number | null;
  readonly words: (hour: string, value: number) => string;
  readonly none: string;
}): ReactNode {
  const shown = (hours ?? []).flatMap((value, utc) =>
    value === null ? [] : [{ value, hour: localHour(utc) }],
  );
  if (shown.length === 0) return <p className={style['none']}>{none}</p>;
  const full = Math.max(most ?? 0, ...shown.map(({ value }) => value), Number.MIN_VALUE);
  const byHour = new Map(shown.map((one) => [one.hour, one.value]));
  return (
    <div className={style['chart']}>
      <ul className={style['bars']} aria-label={title}>
        {Array.from({ length: 24 }, (_, hour) => {
          const value = byHour.get(hour);
          if (value === undefined) return <li key={hour} aria-hidden="true" />;
          const told = words(clock(hour), value);
          return (
            <li key={hour} title={told}>
              <span className={style['bar']} style={{ height: `${(value / full) * 100}%` }} />
              <span className="visually-hidden">{told}</span>
            </li>
          );
        })}
      </ul>
      <div className={style['axis']} aria-hidden="true">
        {[0, 6, 12, 18, 24].map((hour) => (
          <span key={hour}>{clock(hour)}</span>
        ))}
      </div>
    </div>
  );
}

/** The reader's hour of an hour of UTC, today. */
function localHour(utc: number): number {
  const now = new Date();
  now.setUTCHours(utc, 0, 0, 0);
  return now.getHours();
}

function clock(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`;
}
