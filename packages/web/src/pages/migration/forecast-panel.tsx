import type { ForecastBody, MigrationBody } from '@ferry/api';
import type { ReactNode } from 'react';
import { bytes, duration } from '../../i18n/format.ts';
import { useText } from '../../i18n/text.tsx';
import { Panel } from '../../ui/page.tsx';
import style from './forecast-panel.module.css';

type Range = ForecastBody['totalMs'];

/** What was said of it before, what is said now, and what came of it. Nothing where no forecast was made. */
export function ForecastPanel({ migration: { forecast } }: { readonly migration: MigrationBody }): ReactNode {
  const { say } = useText();
  if (forecast === undefined) return null;
  const { before, now, end, summary } = forecast;
  const rows = [
    { name: say('forecast.total'), of: 'totalMs', unit: duration },
    { name: say('forecast.pause'), of: 'downtimeMs', unit: duration },
    { name: say('forecast.bytes'), of: 'bytes', unit: bytes },
  ] as const;
  return (
    <Panel title={say('forecast.title')}>
      {summary === '' ? null : <p className={style['summary']}>{summary}</p>}
      <table className={style['table']}>
        <thead>
          <tr>
            <td />
            <th scope="col">{say('forecast.before')}</th>
            {now === null ? null : <th scope="col">{say('forecast.now')}</th>}
            {end === null ? null : <th scope="col">{say('forecast.fact')}</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, of, unit }) => {
            const fact = end?.facts[of] ?? null;
            return (
              <tr key={of}>
                <th scope="row">{name}</th>
                <td>{span(before[of], unit)}</td>
                {now === null ? null : <td>{span(now[of], unit)}</td>}
                {end === null ? null : (
                  <td data-fact={isWithin(before[of], fact)}>{fact === null ? '–' : unit(fact)}</td>
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
    </Panel>
  );
}

function span({ p10, p50, p90 }: Range, unit: (value: number) => string): string {
  if (p10 !== null && p90 !== null) return `${unit(p10)} – ${unit(p90)}`;
  return p50 === null ? '–' : unit(p50);
}

/** Whether a fact lies where four in five are said to; null: there is none. */
function isWithin({ p10, p90 }: Range, fact: number | null): boolean | null {
  return p10 === null || p90 === null || fact === null ? null : fact >= p10 && fact <= p90;
}
