import type { ReactNode } from 'react';
import { bytes } from '../i18n/format.ts';
import { useText } from '../i18n/text.tsx';
import type { Candidate } from './candidates.ts';
import type { TargetVerdict } from './checks.ts';
import { TargetMark, useObstacleWords } from './target-mark.tsx';
import style from './target-words.module.css';

/** What a host says of itself as a target: its name, what is free there, whether it would take the instance, and why not. */
export function TargetWords({
  candidate: { host, obstacle },
  verdict,
}: {
  readonly candidate: Candidate;
  readonly verdict: TargetVerdict;
}): ReactNode {
  const { say } = useText();
  const words = useObstacleWords();
  const refused = verdict.kind === 'refused' ? verdict.because : null;
  const why = obstacle === null ? refused : words(obstacle);
  return (
    <>
      <span className={style['name']} data-off={why !== null}>
        {host.name}
      </span>
      <span className={style['free']}>
        {host.facts === null ? '' : say('host.free', { bytes: bytes(host.facts.memoryAvailableBytes) })}
      </span>
      {obstacle === null ? <TargetMark verdict={verdict} /> : null}
      {why === null ? null : <span className={style['why']}>{why}</span>}
    </>
  );
}
