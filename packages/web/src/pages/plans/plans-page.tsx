import type { PlanBody } from '@ferry/api';
import { type ReactNode, useState } from 'react';
import { Link, useLocation, useSearch } from 'wouter';
import { usePlans, useSession } from '../../api/queries.ts';
import { bytes, duration, fullTime, time } from '../../i18n/format.ts';
import { planTone, usePlanWords } from '../../i18n/words.ts';
import { useText } from '../../i18n/text.tsx';
import { Button } from '../../ui/button.tsx';
import { Choice } from '../../ui/field.tsx';
import { Empty, Notice, Page } from '../../ui/page.tsx';
import { State } from '../../ui/state.tsx';
import { Table } from '../../ui/table.tsx';
import { When } from '../../ui/when.tsx';
import { Balancers } from './balancers.tsx';
import { NewPlanDialog } from './new-plan-dialog.tsx';

/** Plans for the fleet, and the balancers that make some of them. */
export function PlansPage(): ReactNode {
  const { say } = useText();
  const [, go] = useLocation();
  const isBalancers = new URLSearchParams(useSearch()).get('view') === 'balancers';
  const views = (
    <Choice
      label={say('fleet.show')}
      value={isBalancers ? 'balancers' : 'plans'}
      onChange={(next) => go(next === 'plans' ? '/plans' : '/plans?view=balancers')}
      options={[
        { value: 'plans', label: say('plans.title') },
        { value: 'balancers', label: say('balancers.title') },
      ]}
    />
  );
  return isBalancers ? <Balancers views={views} /> : <Plans views={views} />;
}

/** Newest first. */
function Plans({ views }: { readonly views: ReactNode }): ReactNode {
  const { say } = useText();
  const found = usePlans();
  const isReader = useSession().data?.user?.role === 'reader';
  const [isMaking, setIsMaking] = useState(false);
  return (
    <Page
      fills
      title={say('plans.title')}
      actions={
        <>
          {views}
          {isReader ? null : (
            <Button look="primary" onClick={() => setIsMaking(true)}>
              {say('newPlan.title')}
            </Button>
          )}
        </>
      }
    >
      {found.error === null ? null : <Notice tone="bad">{found.error.message}</Notice>}
      {found.data?.length === 0 ? <Empty>{say('plans.none')}</Empty> : null}
      {(found.data ?? []).length === 0 ? null : <PlanTable plans={found.data ?? []} />}
      {isMaking ? <NewPlanDialog onClose={() => setIsMaking(false)} /> : null}
    </Page>
  );
}

function PlanTable({ plans }: { readonly plans: readonly PlanBody[] }): ReactNode {
  const { say, language } = useText();
  const words = usePlanWords();
  return (
    <Table
      label={say('plans.title')}
      rows={plans}
      keyOf={({ id }) => id}
      columns={[
        {
          head: say('plans.goal'),
          cell: ({ id, goal }) => <Link href={`/plans/${id}`}>{words.goal(goal)}</Link>,
        },
        {
          head: say('column.state'),
          cell: ({ state }) => <State tone={planTone(state)}>{words.planState(state)}</State>,
        },
        {
          head: say('plans.steps'),
          isNumber: true,
          cell: ({ steps }) => {
            const all = Object.values(steps).reduce((sum, one) => sum + one, 0);
            return `${steps['done'] ?? 0} / ${all}`;
          },
        },
        { head: say('plans.takes'), isNumber: true, cell: ({ totalMs }) => duration(totalMs) },
        { head: say('forecast.bytes'), isNumber: true, cell: (plan) => bytes(plan.bytes) },
        { head: say('plans.by'), cell: ({ createdBy }) => createdBy },
        {
          head: say('column.begun'),
          cell: ({ createdAt }) => (
            <When iso={createdAt} short={time(createdAt, language)} full={fullTime(createdAt, language)} />
          ),
        },
        { head: say('plans.reason'), cell: ({ reason, problems }) => reason ?? problems.join('; ') },
      ]}
    />
  );
}
