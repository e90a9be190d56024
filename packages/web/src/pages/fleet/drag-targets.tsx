import { useDroppable } from '@dnd-kit/core';
import type { ReactNode } from 'react';
import { useText } from '../../i18n/text.tsx';
import type { Candidate } from '../../move/candidates.ts';
import type { TargetVerdict } from '../../move/checks.ts';
import { TargetWords } from '../../move/target-words.tsx';
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
  candidate,
  verdict,
}: {
  readonly candidate: Candidate;
  readonly verdict: TargetVerdict;
}): ReactNode {
  const { host, obstacle } = candidate;
  const drop = useDroppable({
    id: `target ${host.id}`,
    data: { host: host.name },
    disabled: obstacle !== null,
  });
  return (
    <div
      ref={drop.setNodeRef}
      className={style['target']}
      data-kind={obstacle === null ? verdict.kind : 'refused'}
      data-over={drop.isOver}
    >
      <TargetWords candidate={candidate} verdict={verdict} />
    </div>
  );
}
