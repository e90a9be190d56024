import type { FindingBody } from '@ferry/api';
import { type ReactNode, useState } from 'react';
import type { MessageKey } from '../i18n/en.ts';
import { useText } from '../i18n/text.tsx';
import { State, type Tone } from '../ui/state.tsx';
import style from './findings.module.css';

/** Gravest first, with their words. */
export const severities = {
  error: { tone: 'bad', word: 'finding.error' },
  unknown: { tone: 'warn', word: 'finding.unknown' },
  warning: { tone: 'warn', word: 'finding.warning' },
  info: { tone: 'still', word: 'finding.info' },
  ok: { tone: 'good', word: 'finding.ok' },
} as const satisfies Record<FindingBody['severity'], { readonly tone: Tone; readonly word: MessageKey }>;
const order = Object.keys(severities);

/** Of a large fleet there are thousands. */
const most = 300;

interface FindingsProps<One extends FindingBody> {
  readonly findings: readonly One[];
  /** Where it was found, where that does not go without saying. */
  readonly placeOf?: (finding: One) => string;
  /** What else belongs to one that is not well. */
  readonly below?: (finding: One) => ReactNode;
}

/** What checks found, the gravest first; those that are well are folded away. */
export function Findings<One extends FindingBody>({
  findings,
  placeOf,
  below,
}: FindingsProps<One>): ReactNode {
  const { say } = useText();
  const told = findings
    .filter(({ severity }) => severity !== 'ok')
    .toSorted((one, other) => order.indexOf(one.severity) - order.indexOf(other.severity));
  const well = findings.filter(({ severity }) => severity === 'ok');
  const [isWellShown, setIsWellShown] = useState(false);
  return (
    <>
      <ul className={style['findings']}>
        {told.slice(0, most).map((one, index) => (
          <Finding key={`${one.code}-${index}`} finding={one} place={placeOf?.(one)} below={below?.(one)} />
        ))}
      </ul>
      {told.length > most ? <p>{say('finding.more', { count: told.length - most })}</p> : null}
      {well.length === 0 ? null : (
        <details
          className={style['well']}
          onToggle={({ currentTarget }) => setIsWellShown(currentTarget.open)}
        >
          <summary>{say('finding.well', { count: well.length })}</summary>
          <ul className={style['findings']}>
            {(isWellShown ? well.slice(0, most) : []).map((one, index) => (
              <Finding key={`${one.code}-${index}`} finding={one} place={placeOf?.(one)} />
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function Finding({
  finding: { code, severity, message, remedy, compared },
  place,
  below,
}: {
  readonly finding: FindingBody;
  readonly place?: string | undefined;
  readonly below?: ReactNode;
}): ReactNode {
  const { say, titleOf } = useText();
  const title = titleOf(code);
  const { tone, word } = severities[severity];
  const values = Object.entries(compared);
  return (
    <li className={style['finding']}>
      <span className={style['head']}>
        <State tone={tone}>{say(word)}</State>
        {place === undefined ? null : <span>{place}</span>}
        {title === null ? null : <span>{title}</span>}
        <code>{code}</code>
      </span>
      <span>{message}</span>
      {severity === 'ok' || remedy === '' ? null : <span className={style['remedy']}>{remedy}</span>}
      {severity === 'ok' || values.length === 0 ? null : (
        <span className={style['values']}>
          {values.map(([name, value]) => `${name}=${String(value)}`).join('  ')}
        </span>
      )}
      {below}
    </li>
  );
}
