import type { PlanDetailBody } from '@ferry/api';
import type { ReactNode } from 'react';
import { bytes } from '../../i18n/format.ts';
import { useText } from '../../i18n/text.tsx';
import { Chart } from '../../ui/chart.tsx';
import type { Point } from '../../ui/chart-points.ts';
import { Panel } from '../../ui/page.tsx';
import { Meter } from '../../ui/state.tsx';
import { Table } from '../../ui/table.tsx';
import style from './plan-page.module.css';

/** So many hosts are drawn; the table below has all. */
const charted = 12;

/** What guests take of each host that the plan has to do with: at its start, at most, at its end. */
export function PlanMemory({
  memory,
  totalMs,
}: {
  readonly memory: PlanDetailBody['memory'];
  readonly totalMs: number;
}): ReactNode {
  const { say } = useText();
  return (
    <Panel title={say('plans.memory')}>
      <div className={style['charts']}>
        {memory.slice(0, charted).map(({ host, points }) => (
          <Chart
            key={host.id}
            title={host.name}
            points={stairs(points, totalMs)}
            from={0}
            to={totalMs}
            format={bytes}
            none={say('chart.none')}
          />
        ))}
      </div>
      <div className={style['table']}>
        <Table
          label={say('plans.memory')}
          rows={memory}
          keyOf={({ host }) => host.id}
          columns={[
            { head: say('column.host'), cell: ({ host }) => host.name },
            { head: say('plans.first'), isNumber: true, cell: ({ points }) => bytes(points[0]?.bytes ?? 0) },
            {
              head: say('plans.most'),
              cell: ({ points, limitBytes }) => {
                const most = Math.max(0, ...points.map((point) => point.bytes));
                return <Meter value={most / Math.max(1, limitBytes)} label={bytes(most)} />;
              },
            },
            {
              head: say('plans.last'),
              isNumber: true,
              cell: ({ points }) => bytes(points.at(-1)?.bytes ?? 0),
            },
            { head: say('plans.limit'), isNumber: true, cell: ({ limitBytes }) => bytes(limitBytes) },
          ]}
        />
      </div>
    </Panel>
  );
}

/** What is taken from a moment on, until the next one: a line of steps, to the end of the plan. */
function stairs(points: PlanDetailBody['memory'][number]['points'], totalMs: number): readonly Point[] {
  return points.flatMap(({ atMs, bytes: value }, index) => {
    const until = points[index + 1]?.atMs ?? totalMs;
    return [
      { at: atMs, value },
      { at: until, value },
    ];
  });
}
