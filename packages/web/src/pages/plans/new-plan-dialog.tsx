import type { NewPlanBody } from '@ferry/api';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useLocation } from 'wouter';
import { ferry } from '../../api/ferry.ts';
import type { Problem } from '../../api/request.ts';
import { queries, useHosts } from '../../api/queries.ts';
import { useText } from '../../i18n/text.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Choice, TextField } from '../../ui/field.tsx';
import { Notice } from '../../ui/page.tsx';
import style from './new-plan-dialog.module.css';

const goals = ['drain', 'upgrade', 'offload', 'balance', 'return', 'evacuate'] as const;
type Goal = (typeof goals)[number];

/** What a plan is made for. It is made and shown; nothing moves by it. */
export function NewPlanDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const { say } = useText();
  const [, go] = useLocation();
  const [goal, setGoal] = useState<Goal>('drain');
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [below, setBelow] = useState('70');
  const making = useMutation<string, Problem>({
    mutationFn: async () => (await ferry.makePlan({ goal: goalOf(goal, chosen, below) })).plan.id,
    onSuccess: (id) => {
      void queries.invalidateQueries({ queryKey: ['plans'] });
      go(`/plans/${id}`);
    },
  });
  const because = goal !== 'balance' && chosen.length === 0 ? say('newPlan.none') : null;
  return (
    <Dialog
      title={say('newPlan.title')}
      onClose={onClose}
      closeLabel={say('close')}
      actions={
        <>
          <Button onClick={onClose}>{say('close')}</Button>
          <Button
            look="primary"
            because={because}
            disabled={making.isPending}
            onClick={() => making.mutate()}
          >
            {say('newPlan.make')}
          </Button>
        </>
      }
    >
      <Choice<Goal>
        label={say('newPlan.goal')}
        value={goal}
        onChange={setGoal}
        options={[
          { value: 'drain', label: say('goal.drain') },
          { value: 'upgrade', label: say('goal.upgrade') },
          { value: 'offload', label: say('goal.offload') },
          { value: 'balance', label: say('goal.balance') },
          { value: 'return', label: say('goal.return') },
          { value: 'evacuate', label: say('goal.evacuate') },
        ]}
      />
      {goal === 'balance' ? null : (
        <HostChoice chosen={chosen} onChange={setChosen} isOne={goal !== 'drain' && goal !== 'upgrade'} />
      )}
      {goal === 'offload' ? (
        <TextField
          label={say('newPlan.below')}
          inputMode="numeric"
          value={below}
          onChange={({ currentTarget }) => setBelow(currentTarget.value)}
        />
      ) : null}
      <p className={style['still']}>{say('newPlan.still')}</p>
      {making.error === null ? null : (
        <Notice tone="bad" title={making.error.message}>
          {making.error.remedy}
        </Notice>
      )}
    </Dialog>
  );
}

function HostChoice({
  chosen,
  onChange,
  isOne,
}: {
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
  readonly isOne: boolean;
}): ReactNode {
  const { say } = useText();
  const hosts = useHosts().data ?? [];
  return (
    <fieldset className={style['hosts']}>
      <legend>{say('newPlan.hosts')}</legend>
      {hosts.map(({ id, name }) => (
        <label key={id}>
          <input
            type={isOne ? 'radio' : 'checkbox'}
            name="host"
            checked={chosen.includes(id)}
            onChange={({ currentTarget }) => {
              if (isOne) onChange([id]);
              else onChange(currentTarget.checked ? [...chosen, id] : chosen.filter((one) => one !== id));
            }}
          />
          {name}
        </label>
      ))}
    </fieldset>
  );
}

function goalOf(goal: Goal, hosts: readonly string[], below: string): NewPlanBody['goal'] {
  const [host = ''] = hosts;
  switch (goal) {
    case 'drain':
    case 'upgrade':
      return { kind: goal, hosts: [...hosts] };
    case 'offload':
      return { kind: goal, host, below: Number(below) / 100 };
    case 'balance':
      return { kind: goal };
    default:
      return { kind: goal, host };
  }
}
