import { type PointerEvent, type ReactNode, useMemo, useState } from 'react';
import { downward, type Point } from './chart-points.ts';
import style from './chart.module.css';

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
const mostPoints = 600;

/** One line over time, with its newest value in its head, and the value at the pointer where there is one. */
export function Chart({ title, points, from, to, format, marks = [], none }: ChartProps): ReactNode {
  const [at, setAt] = useState<number | null>(null);
  const shown = useMemo(() => downward(points, mostPoints), [points]);
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
