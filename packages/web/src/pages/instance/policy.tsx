import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ferry } from '../../api/ferry.ts';
import { duration, rate } from '../../i18n/format.ts';
import { useText } from '../../i18n/text.tsx';
import { Notice, Panel } from '../../ui/page.tsx';
import style from './policy.module.css';

/** What holds for its moves: each value, and who said it. Those that nobody said anything of are folded away. */
export function Policy({ id }: { readonly id: string }): ReactNode {
  const { say } = useText();
  const { data } = useQuery({ queryKey: ['policy', id], queryFn: () => ferry.policy(id) });
  if (data === undefined) return null;
  const values = Object.entries(data.values);
  const said = values.filter(([, { from }]) => !/built|default of ferry/i.test(from));
  const rest = values.filter((one) => !said.includes(one));
  return (
    <Panel title={say('policy.title')}>
      {data.problems.map((problem) => (
        <Notice key={problem} tone="bad">
          {problem}
        </Notice>
      ))}
      {said.length === 0 ? <p className={style['none']}>{say('policy.none')}</p> : <Values values={said} />}
      <details className={style['rest']}>
        <summary>{say('policy.builtIn', { count: rest.length })}</summary>
        <Values values={rest} />
      </details>
    </Panel>
  );
}

function Values({
  values,
}: {
  readonly values: readonly [string, { readonly value: unknown; readonly from: string }][];
}): ReactNode {
  return (
    <dl className={style['values']}>
      {values.map(([name, { value, from }]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {shown(name, value)}
            <span>{from}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function shown(name: string, value: unknown): string {
  if (value === null) return '–';
  if (typeof value !== 'number') return typeof value === 'string' ? value : JSON.stringify(value);
  if (name.endsWith('Ms')) return duration(value);
  if (name.endsWith('BytesPerSecond')) return rate(value);
  return name.endsWith('Percent') ? `${value} %` : String(value);
}
