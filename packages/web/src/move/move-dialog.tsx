import type { InstanceBody, MoveBody } from '@ferry/api';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { ferry } from '../api/ferry.ts';
import { queries, useHosts } from '../api/queries.ts';
import type { Problem } from '../api/request.ts';
import { useText } from '../i18n/text.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Choice, SearchField } from '../ui/field.tsx';
import { Notice } from '../ui/page.tsx';
import { checkQuery, useVerdicts, defaultKind, verdictOf } from './checks.ts';
import { Findings } from './findings.tsx';
import style from './move-dialog.module.css';
import { MoveReport } from './move-report.tsx';
import { keepBefore, pictureForMove } from './pictures.ts';
import listStyle from './target-list.module.css';
import { candidates, TargetWords } from './target-words.tsx';

/** So many are asked about without being chosen, and so many are listed: the search finds the others. */
const asked = 12;
const listed = 60;

interface TargetListProps {
  readonly instance: InstanceBody;
  readonly kind: MoveBody['kind'];
  readonly chosen: string | null;
  readonly onChoose: (host: string) => void;
}

/** Hosts to choose from, the likeliest first, each with what its check says. */
export function TargetList({ instance, kind, chosen, onChoose }: TargetListProps): ReactNode {
  const { say } = useText();
  const [search, setSearch] = useState('');
  const all = candidates(instance, useHosts().data ?? []);
  const found = all.filter(({ host }) => host.name.toLowerCase().includes(search.trim().toLowerCase()));
  const open = found.filter((one) => one.obstacle === null).map(({ host }) => host.name);
  const verdicts = useVerdicts(instance, kind, open.slice(0, asked));
  return (
    <div className={listStyle['targets']}>
      <SearchField
        label={say('move.search')}
        value={search}
        onChange={({ target }) => setSearch(target.value)}
      />
      <div className={listStyle['list']} role="radiogroup" aria-label={say('move.target')}>
        {found.slice(0, listed).map((one) => {
          const verdict = verdicts.get(one.host.name) ?? { kind: 'not-asked' as const };
          return (
            <label key={one.host.id} className={listStyle['target']} data-off={one.obstacle !== null}>
              <input
                type="radio"
                name="target"
                checked={chosen === one.host.name}
                disabled={one.obstacle !== null}
                onChange={() => onChoose(one.host.name)}
              />
              <TargetWords candidate={one} verdict={verdict} />
            </label>
          );
        })}
      </div>
      {found.length > listed ? (
        <p className={listStyle['more']}>{say('move.more', { count: found.length - listed })}</p>
      ) : null}
    </div>
  );
}

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
  const [kind, setKind] = useState<MoveBody['kind']>(defaultKind(instance));
  const answer = useQuery<Awaited<ReturnType<typeof ferry.check>>, Problem>({
    ...checkQuery(instance, kind, target ?? ''),
    enabled: target !== null,
  });
  const verdict = target === null ? null : verdictOf(answer);
  const begin = useMutation<unknown, Problem>({
    mutationFn: async () => {
      const picture = kind === 'live-migration' ? await pictureForMove(instance) : null;
      keepBefore((await ferry.move(instance.id, { kind, host: target })).id, picture);
    },
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
