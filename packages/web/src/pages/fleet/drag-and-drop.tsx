import { useDraggable, useDroppable } from '@dnd-kit/core';
import type { InstanceBody } from '@ferry/api';
import { type PointerEvent, type ReactNode, type RefObject, useEffect, useLayoutEffect } from 'react';
import { useText } from '../../i18n/text.tsx';
import type { TargetVerdict } from '../../move/checks.ts';
import { type Candidate, TargetWords } from '../../move/target-words.tsx';
import style from './drag-targets.module.css';

/** What begins a drag when the pointer goes down on a row. */
export type Grip = (event: PointerEvent) => void;

/**
 * Makes a row something that is dragged, from when it is pointed at: rows that fly by while the table is scrolled are spared
 * the work. It shows nothing by itself.
 */
export function Draggable({
  instance,
  rowRef,
  gripRef,
}: {
  readonly instance: InstanceBody;
  readonly rowRef: RefObject<HTMLElement | null>;
  readonly gripRef: RefObject<Grip | null>;
}): ReactNode {
  const { setNodeRef, listeners, isDragging } = useDraggable({ id: instance.id, data: { instance } });
  // Before the pointer's own event goes on.
  useLayoutEffect(() => {
    setNodeRef(rowRef.current);
    gripRef.current = (event) => listeners?.['onPointerDown']?.(event);
    if (rowRef.current !== null) rowRef.current.dataset['dragged'] = String(isDragging);
  }, [setNodeRef, listeners, isDragging, rowRef, gripRef]);
  return null;
}

/** Makes a row a place to drop on, of the host that it is of; while something is dragged. */
export function Droppable({
  id,
  host,
  rowRef,
}: {
  readonly id: string;
  readonly host: string;
  readonly rowRef: RefObject<HTMLElement | null>;
}): ReactNode {
  const { setNodeRef, isOver } = useDroppable({ id: `row ${id}`, data: { host } });
  useEffect(() => {
    const { current } = rowRef;
    setNodeRef(current);
    if (current !== null) current.dataset['over'] = String(isOver);
    return () => {
      delete current?.dataset['over'];
    };
  }, [setNodeRef, isOver, rowRef]);
  return null;
}

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
