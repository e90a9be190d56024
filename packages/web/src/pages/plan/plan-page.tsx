import type { PlanDetailBody, PlanStepBody } from '@ferry/api';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { usePlan } from '../../api/queries.ts';
import { bytes, duration, fullTime, time } from '../../i18n/format.ts';
import { planTone, stepTone, usePlanWords } from '../../i18n/words.ts';
import { useText } from '../../i18n/text.tsx';
import { CopyId } from '../../ui/copy-id.tsx';
import { Empty, Facts, Notice, Page, Panel } from '../../ui/page.tsx';
import { State } from '../../ui/state.tsx';
import { Table } from '../../ui/table.tsx';
import { When } from '../../ui/when.tsx';
import { Gantt, PlanMemory } from './plan-charts.tsx';
import { PlanActions } from './plan-actions.tsx';
import style from './plan-page.module.css';

/** One plan: what stands in its way, its steps over time and where they are, the memory of hosts meanwhile. */
export function PlanPage({ id }: { readonly id: string }): ReactNode {
  const { say } = useText();
  const words = usePlanWords();
  const { data: found, error } = usePlan(id);
  if (found === undefined) return error === null ? null : <Empty>{error.message}</Empty>;
  const { plan, blockers, steps, notes } = found;
  return (
    <Page
      title={words.goal(plan.goal)}
      above={<Link href="/plans">{say('plans.title')}</Link>}
      beside={<State tone={planTone(plan.state)}>{words.planState(plan.state)}</State>}
      actions={<PlanActions plan={plan} steps={steps} />}
    >
      {plan.reason === null ? null : <Notice tone="warn">{plan.reason}</Notice>}
      {plan.problems.map((problem) => (
        <Notice key={problem} tone="bad">
          {problem}
        </Notice>
      ))}
      {blockers.map(({ because, remedies }) => (
        <Notice key={because} tone="bad" title={because}>
          {remedies.join('; ')}
        </Notice>
      ))}
      <Panel title={say('plans.gantt')}>
        <Gantt steps={steps} totalMs={plan.totalMs} />
      </Panel>
      <Panel title={say('plans.steps')}>
        <div className={style['table']}>
          <Steps steps={steps} />
        </div>
      </Panel>
      <div className={style['columns']}>
        <PlanMemory memory={found.memory} totalMs={plan.totalMs} />
        <PlanFacts found={found} />
      </div>
      {notes.map((note) => (
        <Notice key={note} tone="still">
          {note}
        </Notice>
      ))}
    </Page>
  );
}

function Steps({ steps }: { readonly steps: readonly PlanStepBody[] }): ReactNode {
  const { say, read } = useText();
  const words = usePlanWords();
  return (
    <Table
      label={say('plans.steps')}
      rows={steps}
      keyOf={({ number }) => String(number)}
      columns={[
        {
          head: say('plans.step'),
          cell: ({ number, action, migrationId }) => (
            <>
              <span className={style['number']}>{number}</span>
              {migrationId === null ? (
                words.action(action)
              ) : (
                <Link href={`/migrations/${migrationId}`}>{words.action(action)}</Link>
              )}
            </>
          ),
        },
        {
          head: say('column.way'),
          cell: ({ action }) =>
            action.target === null ? action.host.name : `${action.host.name} → ${action.target.name}`,
        },
        {
          head: say('column.state'),
          cell: ({ state, progressPercent }) => (
            <State tone={stepTone(state)}>
              {words.stepState(state)}
              {progressPercent === null ? '' : ` ${progressPercent} %`}
            </State>
          ),
        },
        {
          head: say('plans.takes'),
          isNumber: true,
          cell: ({ startsAtMs, endsAtMs }) => duration(endsAtMs - startsAtMs),
        },
        {
          head: say('forecast.pause'),
          isNumber: true,
          cell: ({ action }) => (action.downtimeMs === null ? '' : duration(action.downtimeMs)),
        },
        { head: say('plans.reason'), cell: ({ reason, because }) => read(reason ?? because) },
      ]}
    />
  );
}

function PlanFacts({ found: { plan, stays } }: { readonly found: PlanDetailBody }): ReactNode {
  const { say, language, read } = useText();
  const { createdAt } = plan;
  return (
    <Panel title={say('migration.facts')}>
      <Facts
        facts={[
          [say('forecast.total'), duration(plan.totalMs)],
          [
            '',
            say('plans.bound', {
              bound: duration(plan.lowerBound.ms),
              because: read(plan.lowerBound.because),
            }),
          ],
          [say('forecast.bytes'), bytes(plan.bytes)],
          [say('plans.by'), plan.createdBy],
          [
            say('column.begun'),
            <When iso={createdAt} short={time(createdAt, language)} full={fullTime(createdAt, language)} />,
          ],
          stays.length === 0
            ? null
            : [
                say('plans.stays'),
                stays.map(({ instance, because }) => `${instance.name}: ${read(because)}`).join('; '),
              ],
          [say('id'), <CopyId id={plan.id} label={say('copy')} />],
        ]}
      />
    </Panel>
  );
}
