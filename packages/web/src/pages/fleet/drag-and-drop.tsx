import type { InstanceBody } from '@ferry/api';
import { useDraggable, useDroppable } from '@dnd-kit/core';
import { type PointerEvent, type ReactNode, type RefObject, useEffect, useLayoutEffect } from 'react';

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
