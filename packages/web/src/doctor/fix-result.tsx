import type { FixResultBody } from '@ferry/api';
import type { ReactNode } from 'react';
import type { MessageKey } from '../i18n/en.ts';
import { useText } from '../i18n/text.tsx';
import { Empty, Notice } from '../ui/page.tsx';
import { State, type Tone } from '../ui/state.tsx';
import { Commands } from './doctor-findings.tsx';
import style from './fix-result.module.css';

type FixedHost = FixResultBody['hosts'][number];

const states = {
  planned: { tone: 'still', word: 'doctor.planned' },
  fixed: { tone: 'good', word: 'doctor.fixed' },
  'not-fixed': { tone: 'bad', word: 'doctor.notFixed' },
} as const satisfies Record<
  FixedHost['fixes'][number]['state'],
  { readonly tone: Tone; readonly word: MessageKey }
>;

/** What would be done about findings, or was and with what outcome, host by host; and what is left to a person. */
export function FixResult({ result: { hosts, left } }: { readonly result: FixResultBody }): ReactNode {
  const { say } = useText();
  return (
    <>
      {hosts.length === 0 ? <Empty>{say('doctor.fixNothing')}</Empty> : null}
      {hosts.map((host) => (
        <HostFixes key={host.hostId} host={host} />
      ))}
      {left.length === 0 ? null : (
        <details className={style['left']}>
          <summary>{say('doctor.left', { count: left.length })}</summary>
          <ul>
            {left.map(({ finding, why }, index) => (
              <li key={`${finding.code}-${index}`}>
                <span className={style['place']}>
                  {placeOf(finding)} <code>{finding.code}</code>
                </span>
                <span>{finding.message}</span>
                <span className={style['why']}>{why}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

/** One host: what is mended there, what that changes line by line, and what became of it. */
function HostFixes({
  host: { host, problem, lines, backup, fixes },
}: {
  readonly host: FixedHost;
}): ReactNode {
  const { say } = useText();
  return (
    <section className={style['host']} aria-label={host}>
      <h3>{host}</h3>
      {problem === null ? null : <Notice tone="bad">{problem}</Notice>}
      <ul>
        {fixes.map(({ code, what, finding, state, now }, index) => (
          <li key={`${code}-${index}`}>
            <span className={style['place']}>
              <State tone={states[state].tone}>{say(states[state].word)}</State>
              {finding.peer === null ? null : placeOf(finding)} <code>{code}</code>
            </span>
            <span>{what}</span>
            {now === null ? null : <span className={style['why']}>{now}</span>}
          </li>
        ))}
      </ul>
      {lines.length === 0 ? null : <Commands title={say('doctor.fixLines')} lines={lines} />}
      {backup === null ? null : <p className={style['why']}>{say('doctor.backup', { path: backup })}</p>}
    </section>
  );
}

function placeOf({ host, peer }: { readonly host: string; readonly peer: string | null }): string {
  return peer === null ? host : `${host} → ${peer}`;
}
