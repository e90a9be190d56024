import type { PlanBody, PlanDetailBody, PlanStepBody } from '@ferry/api';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useLocation } from 'wouter';
import { ferry } from '../../api/ferry.ts';
import type { Problem } from '../../api/request.ts';
import { queries, useSession } from '../../api/queries.ts';
import type { MessageKey } from '../../i18n/en.ts';
import { useText } from '../../i18n/text.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Notice } from '../../ui/page.tsx';

/** What is asked of a plan, with what is said before. */
const acts = {
  apply: { word: 'plans.apply', asks: 'plans.applyAsks' },
  pause: { word: 'plans.pause', asks: 'plans.pauseAsks' },
  resume: { word: 'plans.resume', asks: 'plans.resumeAsks' },
  continue: { word: 'plans.continue', asks: 'plans.continueAsks' },
  replan: { word: 'plans.replan', asks: 'plans.replanAsks' },
  cancel: { word: 'plans.cancel', asks: 'plans.cancelAsks' },
  delete: { word: 'plans.delete', asks: 'plans.deleteAsks' },
} as const satisfies Record<string, { readonly word: MessageKey; readonly asks: MessageKey }>;
type Act = keyof typeof acts;

/** Which of them make sense where it stands: the others are said by no button. */
function actsOf({ state }: PlanBody, isHeld: boolean): readonly Act[] {
  switch (state) {
    case 'made':
      return ['apply', 'replan', 'delete'];
    case 'running':
      return isHeld ? ['continue', 'pause', 'cancel'] : ['pause', 'cancel'];
    case 'paused':
      return ['resume', 'replan', 'cancel'];
    case 'cancelling':
      return [];
    default:
      return ['delete'];
  }
}

/** Buttons of a plan; a reader has none. */
export function PlanActions({
  plan,
  steps,
}: {
  readonly plan: PlanBody;
  readonly steps: readonly PlanStepBody[];
}): ReactNode {
  const { say } = useText();
  const isReader = useSession().data?.user?.role === 'reader';
  const [asked, setAsked] = useState<Act | null>(null);
  if (isReader) return null;
  const isHeld = steps.some(({ state }) => state === 'held');
  const moves = steps.filter(({ action }) => action.kind === 'move').length;
  return (
    <>
      {actsOf(plan, isHeld).map((act) => (
        <Button
          key={act}
          look={act === 'apply' || act === 'continue' ? 'primary' : act === 'cancel' ? 'danger' : 'plain'}
          onClick={() => setAsked(act)}
        >
          {say(acts[act].word)}
        </Button>
      ))}
      {asked === null ? null : <Ask act={asked} id={plan.id} moves={moves} onClose={() => setAsked(null)} />}
    </>
  );
}

function Ask({
  act,
  id,
  moves,
  onClose,
}: {
  readonly act: Act;
  readonly id: string;
  readonly moves: number;
  readonly onClose: () => void;
}): ReactNode {
  const { say } = useText();
  const [, go] = useLocation();
  const doing = useMutation<PlanDetailBody, Problem>({
    mutationFn: () => run(act, id),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['plans'] });
      if (act === 'delete') go('/plans');
      else void queries.invalidateQueries({ queryKey: ['plan', id] });
      onClose();
    },
  });
  return (
    <Dialog
      title={say(acts[act].word)}
      onClose={onClose}
      closeLabel={say('close')}
      actions={
        <>
          <Button onClick={onClose}>{say('close')}</Button>
          <Button look="primary" disabled={doing.isPending} onClick={() => doing.mutate()}>
            {say(acts[act].word)}
          </Button>
        </>
      }
    >
      <p>{say(acts[act].asks, { moves })}</p>
      {doing.error === null ? null : (
        <Notice tone="bad" title={doing.error.message}>
          {doing.error.remedy}
        </Notice>
      )}
    </Dialog>
  );
}

function run(act: Act, id: string): Promise<PlanDetailBody> {
  if (act === 'cancel') return ferry.cancelPlan(id);
  return act === 'delete' ? ferry.deletePlan(id) : ferry.askPlan(id, act);
}
