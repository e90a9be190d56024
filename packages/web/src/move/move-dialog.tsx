import type { InstanceBody, MoveBody } from '@ferry/api';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { ferry } from '../api/ferry.ts';
import type { Problem } from '../api/problem.ts';
import { queries } from '../api/queries.ts';
import { useText } from '../i18n/text.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Choice } from '../ui/field.tsx';
import { Notice } from '../ui/page.tsx';
import { checkQuery, usualKind, verdictOf } from './checks.ts';
import { Findings } from './findings.tsx';
import { MoveReport } from './move-report.tsx';
import { TargetList } from './target-list.tsx';
import style from './move-dialog.module.css';

interface MoveDialogProps {
  readonly instance: InstanceBody;
  /** The target that was pointed at; null: it is chosen here. */
  readonly host: string | null;
  readonly onClose: () => void;
  readonly onBegun: (host: string) => void;
}

/** Whether and how a move would go, and the yes that begins it. Closing it begins and ends nothing. */
export function MoveDialog({ instance, host, onClose, onBegun }: MoveDialogProps): ReactNode {
  const { say } = useText();
  const [target, setTarget] = useState(host);
  const [kind, setKind] = useState<MoveBody['kind']>(usualKind(instance));
  const answer = useQuery<Awaited<ReturnType<typeof ferry.check>>, Problem>({
    ...checkQuery(instance, kind, target ?? ''),
    enabled: target !== null,
  });
  const verdict = target === null ? null : verdictOf(answer);
  const begin = useMutation<unknown, Problem>({
    mutationFn: () => ferry.move(instance.id, { kind, host: target }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['migrations'] });
      onBegun(target ?? '');
    },
  });
  const because =
    target === null
      ? say('move.chooseFirst')
      : verdict?.kind === 'possible'
        ? null
        : verdict?.kind === 'refused'
          ? verdict.because
          : say('move.asking');
  return (
    <Dialog
      wide
      title={say('move.title', { instance: instance.name })}
      closeLabel={say('close')}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{say('close')}</Button>
          <Button
            look="primary"
            because={begin.isPending ? say('move.beginning') : because}
            onClick={() => begin.mutate()}
          >
            {say('move.begin')}
          </Button>
        </>
      }
    >
      <div className={style['parts']}>
        <TargetList instance={instance} kind={kind} chosen={target} onChoose={setTarget} />
        <div className={style['report']}>
          <Choice
            label={say('move.kind')}
            value={kind}
            onChange={setKind}
            options={[
              { value: 'live-migration', label: say('kind.live') },
              { value: 'cold-migration', label: say('kind.cold') },
            ]}
          />
          {begin.error === null ? null : (
            <Notice tone="bad" title={begin.error.message}>
              {begin.error.remedy}
              <Findings findings={begin.error.findings} />
            </Notice>
          )}
          {verdict === null ? (
            <p className={style['hint']}>{say('move.choose')}</p>
          ) : (
            <MoveReport verdict={verdict} from={instance.host} to={target ?? ''} />
          )}
        </div>
      </div>
    </Dialog>
  );
}
