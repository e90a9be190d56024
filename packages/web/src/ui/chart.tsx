import { type PointerEvent, type ReactNode, useMemo, useState } from 'react';
import style from './chart.module.css';
import hoursStyle from './hours-chart.module.css';

/** A value at a time, milliseconds since 1970. */
export interface Point {
  readonly at: number;
  readonly value: number;
}

/** So many points at most: of each group the highest stays, so that no peak is lost. The last one is the newest. */
export function downward(points: readonly Point[], most: number): readonly Point[] {
  const last = points.at(-1);
  if (points.length <= most || last === undefined) return points;
  const size = Math.ceil(points.length / (most - 1));
  const kept: Point[] = [];
  for (let begin = 0; begin < points.length; begin += size) {
    const group = points.slice(begin, begin + size);
    kept.push(group.reduce((best, point) => (point.value > best.value ? point : best)));
  }
  return kept.at(-1) === last ? kept : [...kept, last];
}

interface ChartProps {
  readonly title: string;
  readonly points: readonly Point[];
  /** Beginning and end of the axis, the same for charts that stand together. */
  readonly from: number;
  readonly to: number;
  readonly format: (value: number) => string;
  /** Times at which something was decided. */
  readonly marks?: readonly { readonly at: number; readonly text: string }[];
  /** What is said where there is nothing to draw. */
  readonly none: string;
}

const width = 600;
const height = 96;
/** As many as there are pixels: more cannot be seen. */
const maxPoints = 600;

/** One line over time, with its newest value in its head, and the value at the pointer where there is one. */
export function Chart({ title, points, from, to, format, marks = [], none }: ChartProps): ReactNode {
  const [at, setAt] = useState<number | null>(null);
  const shown = useMemo(() => downward(points, maxPoints), [points]);
  const top = Math.max(...shown.map(({ value }) => value), 1);
  const span = Math.max(1, to - from);
  const x = (time: number): number => ((time - from) / span) * width;
  const y = (value: number): number => height - 4 - (value / top) * (height - 10);
  const line = shown
    .map(
      ({ at: time, value }, index) =>
        `${index === 0 ? 'M' : 'L'}${x(time).toFixed(1)} ${y(value).toFixed(1)}`,
    )
    .join('');
  const near = at === null ? shown.at(-1) : nearest(shown, at);
  const [first, last] = [shown[0], shown.at(-1)];
  const onPointerMove = (event: PointerEvent<SVGSVGElement>): void => {
    const { left, width: drawn } = event.currentTarget.getBoundingClientRect();
    setAt(from + ((event.clientX - left) / drawn) * span);
  };
  return (
    <figure className={style['chart']}>
      <figcaption>
        <span>{title}</span>
        <strong>{near === undefined ? '' : format(near.value)}</strong>
      </figcaption>
      {first === undefined || last === undefined ? (
        <p className={style['none']}>{none}</p>
      ) : (
        <svg
          viewBox={`0 0 ${width} ${height}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={`${title}: ${format(last.value)}, ≤ ${format(top)}`}
          onPointerMove={onPointerMove}
          onPointerLeave={() => setAt(null)}
        >
          <path
            className={style['grid']}
            d={`M0 ${y(top)}H${width}M0 ${y(top / 2)}H${width}M0 ${y(0)}H${width}`}
          />
          <path
            className={style['area']}
            d={`${line}L${x(last.at).toFixed(1)} ${y(0)}L${x(first.at).toFixed(1)} ${y(0)}Z`}
          />
          <path className={style['line']} d={line} />
          {marks.map((mark, index) => (
            <path key={`${mark.at}-${index}`} className={style['mark']} d={`M${x(mark.at)} 0V${height}`}>
              <title>{mark.text}</title>
            </path>
          ))}
          {at === null || near === undefined ? null : (
            <path className={style['cursor']} d={`M${x(near.at)} 0V${height}`} />
          )}
        </svg>
      )}
    </figure>
  );
}

function nearest(points: readonly Point[], at: number): Point | undefined {
  let best = points[0];
  for (const point of points)
    if (best === undefined || Math.abs(point.at - at) < Math.abs(best.at - at)) best = point;
  return best;
}

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
  if (shown.length === 0) return <p className={hoursStyle['none']}>{none}</p>;
  const full = Math.max(most ?? 0, ...shown.map(({ value }) => value), Number.MIN_VALUE);
  const byHour = new Map(shown.map((one) => [one.hour, one.value]));
  return (
    <div className={hoursStyle['chart']}>
      <ul className={hoursStyle['bars']} aria-label={title}>
        {Array.from({ length: 24 }, (_, hour) => {
          const value = byHour.get(hour);
          if (value === undefined) return <li key={hour} aria-hidden="true" />;
          const told = words(clock(hour), value);
          return (
            <li key={hour} title={told}>
              <span className={hoursStyle['bar']} style={{ height: `${(value / full) * 100}%` }} />
              <span className="visually-hidden">{told}</span>
            </li>
          );
        })}
      </ul>
      <div className={hoursStyle['axis']} aria-hidden="true">
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
