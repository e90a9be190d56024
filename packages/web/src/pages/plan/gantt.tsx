import type { PlanStepBody } from '@ferry/api';
import type { ReactNode } from 'react';
import { duration } from '../../i18n/format.ts';
import { stepTone, usePlanWords } from '../../i18n/plan-words.ts';
import style from './gantt.module.css';

/** As many as fit a page and an eye; the table below it has all. */
const most = 60;
const ticks = [0, 0.25, 0.5, 0.75, 1];

/** When each step begins and ends, as reckoned, with the colour of where it stands. The table of steps says the same in words. */
export function Gantt({
  steps,
  totalMs,
}: {
  readonly steps: readonly PlanStepBody[];
  readonly totalMs: number;
}): ReactNode {
  const words = usePlanWords();
  const shown = steps.filter(({ state }) => state !== 'dropped').slice(0, most);
  const total = Math.max(1, totalMs, ...shown.map(({ endsAtMs }) => endsAtMs));
  return (
    <div className={style['gantt']} aria-hidden="true">
      <div className={style['axis']}>
        {ticks.map((part) => (
          <span key={part} style={{ insetInlineStart: `${part * 100}%` }}>
            {duration(part * total)}
          </span>
        ))}
      </div>
      {shown.map(({ number, action, startsAtMs, endsAtMs, state }) => (
        <div key={number} className={style['row']}>
          <span className={style['name']}>
            {words.action(action)}
            {action.kind === 'move' ? '' : ` ${action.host.name}`}
          </span>
          <span className={style['track']}>
            <span
              className={style['bar']}
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
