import { useDroppable } from '@dnd-kit/core';
import type { ReactNode } from 'react';
import { bytes } from '../../i18n/format.ts';
import { useText } from '../../i18n/text.tsx';
import type { Candidate } from '../../move/candidates.ts';
import type { TargetVerdict } from '../../move/checks.ts';
import { TargetMark, useObstacleWords } from '../../move/target-mark.tsx';
import style from './drag-targets.module.css';

/** As many as fit a screen: further ones are dropped on in the table. */
const shown = 16;

/** The likeliest targets beside the table while something is dragged: hosts are far apart where they run many guests. */
export function DragTargets({
  likely,
  verdicts,
}: {
  readonly likely: readonly Candidate[];
  readonly verdicts: ReadonlyMap<string, TargetVerdict>;
}): ReactNode {
  const { say } = useText();
  return (
    <aside className={style['targets']} aria-label={say('fleet.targets')}>
      <h2 className={style['title']}>{say('fleet.dropHere')}</h2>
      {likely
        .filter(({ obstacle }) => obstacle !== 'source')
        .slice(0, shown)
        .map((one) => (
          <DragTarget
            key={one.host.id}
            candidate={one}
            verdict={verdicts.get(one.host.name) ?? { kind: 'not-asked' }}
          />
        ))}
    </aside>
  );
}

function DragTarget({
  candidate: { host, obstacle },
  verdict,
}: {
  readonly candidate: Candidate;
  readonly verdict: TargetVerdict;
}): ReactNode {
  const { say } = useText();
  const words = useObstacleWords();
  const drop = useDroppable({
    id: `target ${host.id}`,
    data: { host: host.name },
    disabled: obstacle !== null,
  });
  const why = obstacle === null ? (verdict.kind === 'refused' ? verdict.because : null) : words(obstacle);
  return (
    <div
      ref={drop.setNodeRef}
      className={style['target']}
      data-kind={obstacle === null ? verdict.kind : 'refused'}
      data-over={drop.isOver}
    >
      <span className={style['name']}>{host.name}</span>
      <span className={style['free']}>
        {host.facts === null ? '' : say('host.free', { bytes: bytes(host.facts.memoryAvailableBytes) })}
      </span>
      <TargetMark verdict={verdict} />
      {why === null ? null : <span className={style['why']}>{why}</span>}
    </div>
  );
}
