import type { InstanceBody, MoveBody } from '@ferry/api';
import { type ReactNode, useState } from 'react';
import { useHosts } from '../api/queries.ts';
import { useText } from '../i18n/text.tsx';
import { SearchField } from '../ui/field.tsx';
import { candidates } from './candidates.ts';
import { useVerdicts } from './checks.ts';
import { TargetWords } from './target-words.tsx';
import style from './target-list.module.css';

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
    <div className={style['targets']}>
      <SearchField
        label={say('move.search')}
        value={search}
        onChange={({ target }) => setSearch(target.value)}
      />
      <div className={style['list']} role="radiogroup" aria-label={say('move.target')}>
        {found.slice(0, listed).map((one) => {
          const verdict = verdicts.get(one.host.name) ?? { kind: 'not-asked' as const };
          return (
            <label key={one.host.id} className={style['target']} data-off={one.obstacle !== null}>
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
        <p className={style['more']}>{say('move.more', { count: found.length - listed })}</p>
      ) : null}
    </div>
  );
}
