import type { PlanDetailBody, PlanStepBody } from '@ferry/api';
import type { ReactNode } from 'react';
import { bytes, duration } from '../../i18n/format.ts';
import { useText } from '../../i18n/text.tsx';
import { stepTone, usePlanWords } from '../../i18n/words.ts';
import { Chart, type Point } from '../../ui/chart.tsx';
import { Panel } from '../../ui/page.tsx';
import { Meter } from '../../ui/state.tsx';
import { Table } from '../../ui/table.tsx';
import ganttStyle from './gantt.module.css';
import style from './plan-page.module.css';
import { roundTicks } from './round-ticks.ts';

/** As many as fit a page and an eye; the table below it has all. */
const maxSteps = 60;

/** When each step begins and ends, as reckoned, with the colour of where it stands. The table of steps says the same in words. */
export function Gantt({
  steps,
  totalMs,
}: {
  readonly steps: readonly PlanStepBody[];
  readonly totalMs: number;
}): ReactNode {
  const words = usePlanWords();
  const shown = steps.filter(({ state }) => state !== 'dropped').slice(0, maxSteps);
  const total = Math.max(1, totalMs, ...shown.map(({ endsAtMs }) => endsAtMs));
  const ticks = roundTicks(total);
  const grid = `${((ticks[1] ?? total) / total) * 100}% 100%`;
  return (
    <div className={ganttStyle['gantt']} aria-hidden="true">
      <div className={ganttStyle['axis']}>
        {ticks.map((at) => (
          <span key={at} style={{ insetInlineStart: `${(at / total) * 100}%` }}>
            {at === 0 ? '0' : duration(at)}
          </span>
        ))}
      </div>
      {shown.map(({ number, action, startsAtMs, endsAtMs, state }) => (
        <div key={number} className={ganttStyle['row']}>
          <span className={ganttStyle['name']}>
            {words.action(action)}
            {action.kind === 'move' ? '' : ` ${action.host.name}`}
          </span>
          <span className={ganttStyle['track']} style={{ backgroundSize: grid }}>
            <span
              className={ganttStyle['bar']}
              data-tone={stepTone(state)}
              title={`${words.action(action)}: ${action.host.name}${action.target === null ? '' : ` → ${action.target.name}`}`}
              style={{
                insetInlineStart: `${(startsAtMs / total) * 100}%`,
                width: `max(3px, ${((endsAtMs - startsAtMs) / total) * 100}%)`,
              }}
            />
          </span>
        </div>
      ))}
    </div>
  );
}

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
