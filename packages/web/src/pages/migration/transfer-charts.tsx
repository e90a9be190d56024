import type { ReactNode } from 'react';
import { bytes, rate } from '../../i18n/format.ts';
import { useText } from '../../i18n/text.tsx';
import { Chart } from '../../ui/chart.tsx';
import type { Point } from '../../ui/chart-points.ts';
import { Panel } from '../../ui/page.tsx';
import type { Look, Recorded } from './recording.ts';
import style from './transfer-charts.module.css';

/** What the transfer showed over time, on one axis: decisions stand at their moment in each. */
export function TransferCharts({ recorded: { looks, marks } }: { readonly recorded: Recorded }): ReactNode {
  const { say } = useText();
  const from = looks[0]?.at ?? 0;
  const to = looks.at(-1)?.at ?? 1;
  const decided = marks.filter(({ kind, at }) => kind === 'decision' && at >= from && at <= to);
  const points = (value: (progress: Look['progress']) => number | null | undefined): Point[] =>
    looks.flatMap(({ at, progress }) => {
      const found = value(progress);
      return found === null || found === undefined ? [] : [{ at, value: found }];
    });
  const common = { from, to, marks: decided, none: say('chart.none') };
  return (
    <Panel
      title={say('chart.title')}
      beside={decided.length === 0 ? null : <span className={style['note']}>{say('chart.decisions')}</span>}
    >
      <div className={style['charts']}>
        <Chart
          {...common}
          title={say('chart.remaining')}
          format={bytes}
          points={points((one) => one.remainingBytes)}
        />
        <Chart
          {...common}
          title={say('chart.rate')}
          format={rate}
          points={points((one) => one.rateBytesPerSecond)}
        />
        <Chart
          {...common}
          title={say('chart.dirty')}
          format={rate}
          points={points((one) => one.dirtyBytesPerSecond)}
        />
        <Chart
          {...common}
          title={say('chart.throttle')}
          format={(value) => `${Math.round(value)} %`}
          points={points((one) => one.throttlePercent)}
        />
      </div>
    </Panel>
  );
}
