import type { ReactNode } from 'react';
import type { MessageKey } from '../i18n/en.ts';
import { useText } from '../i18n/text.tsx';
import { Icon } from '../ui/icon.tsx';
import type { Candidate } from './candidates.ts';
import type { TargetVerdict } from './checks.ts';
import style from './target-mark.module.css';

const obstacleWords = {
  source: 'target.source',
  down: 'target.down',
  maintenance: 'target.maintenance',
  disabled: 'target.disabled',
} as const satisfies Record<NonNullable<Candidate['obstacle']>, MessageKey>;

/** Says why a host is no target before it is asked. */
export function useObstacleWords(): (obstacle: NonNullable<Candidate['obstacle']>) => string {
  const { say } = useText();
  return (obstacle) => say(obstacleWords[obstacle]);
}

/** Whether a target would take it, as a picture with its word. */
export function TargetMark({ verdict }: { readonly verdict: TargetVerdict }): ReactNode {
  const { say } = useText();
  switch (verdict.kind) {
    case 'not-asked':
      return <span />;
    case 'asking':
      return (
        <span className={style['asking']} role="img" aria-label={say('target.asking')}>
          <Icon name="wait" size={15} />
        </span>
      );
    case 'possible':
      return (
        <span className={style['possible']} role="img" aria-label={say('target.possible')}>
          <Icon name="check" size={15} />
        </span>
      );
    case 'refused':
      return (
        <span className={style['refused']} role="img" aria-label={say('target.refused')}>
          <Icon name="cross" size={15} />
        </span>
      );
  }
}
