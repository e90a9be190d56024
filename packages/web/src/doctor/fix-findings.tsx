import type { FixResultBody } from '@ferry/api';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Refusal } from '../acts/refusal.tsx';
import { ferry } from '../api/ferry.ts';
import type { Problem } from '../api/request.ts';
import { queries } from '../api/queries.ts';
import { useText } from '../i18n/text.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Empty, Notice } from '../ui/page.tsx';
import { FixResult } from './fix-result.tsx';

const looksAnew = (): Promise<void> => queries.invalidateQueries({ queryKey: ['doctor'] });

/**
 * Has what the doctor finds mended: shows first what would be done on which host, and does exactly that after a yes. Work that
 * has begun goes on when the dialog is closed, and the button leads back to it.
 */
export function FixFindings({ because }: { readonly because: string | null }): ReactNode {
  const { say } = useText();
  const [isOpen, setIsOpen] = useState(false);
  const planning = useMutation<FixResultBody, Problem>({
    mutationFn: () => ferry.fixFindings({ dryRun: true }),
    onSettled: looksAnew,
  });
  const fixing = useMutation<FixResultBody, Problem, string>({
    mutationFn: (plan) => ferry.fixFindings({ plan }),
    onSettled: looksAnew,
  });
  const plan = (): void => {
    fixing.reset();
    planning.mutate();
  };
  const open = (): void => {
    setIsOpen(true);
    if (!fixing.isPending && !planning.isPending) plan();
  };
  return (
    <>
      <Button because={because} onClick={open}>
        {say(fixing.isPending ? 'doctor.fixing' : 'doctor.fix')}
      </Button>
      {isOpen ? (
        <Dialog
          wide
          title={say(fixing.isSuccess ? 'doctor.fixDone' : 'doctor.fixTitle')}
          closeLabel={say('close')}
          onClose={() => setIsOpen(false)}
          actions={
            <>
              <Button onClick={() => setIsOpen(false)}>{say('close')}</Button>
              {fixing.isError ? <Button onClick={plan}>{say('doctor.fixAgain')}</Button> : null}
              {planning.data === undefined || !fixing.isIdle ? null : (
                <Button
                  look="primary"
                  because={planning.data.hosts.length === 0 ? say('doctor.fixNothing') : null}
                  onClick={() => fixing.mutate(planning.data.plan)}
                >
                  {say('doctor.fixAct')}
                </Button>
              )}
            </>
          }
        >
          <Refusal problem={fixing.error ?? planning.error} />
          {planning.isPending ? <Empty>{say('doctor.fixPlanning')}</Empty> : null}
          {fixing.isPending ? <Notice tone="still">{say('doctor.fixRunning')}</Notice> : null}
          {planning.data === undefined ? null : <FixResult result={fixing.data ?? planning.data} />}
        </Dialog>
      ) : null}
    </>
  );
}
