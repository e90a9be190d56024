import type { HostBody, InstanceBody } from '@ferry/api';
import {
  type CollisionDetection,
  DndContext,
  type DragEndEvent,
  DragOverlay,
  MeasuringStrategy,
  type Modifier,
  PointerSensor,
  pointerWithin,
  useSensor,
  useSensors,
} from '@dnd-kit/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { useMay } from '../../api/queries.ts';
import { useText } from '../../i18n/text.tsx';
import { useAskMove } from '../../move/move-provider.tsx';
import { candidates } from '../../move/target-words.tsx';
import { useVerdicts, defaultKind } from '../../move/checks.ts';
import { DragTargets } from './drag-and-drop.tsx';
import type { FleetRow } from './fleet-rows.ts';
import { HostRow, InstanceRow, type RowPlace, ZoneRow } from './rows.tsx';
import style from './fleet-table.module.css';

/** Of `--row`, pixels. */
const rowHeight = 34;
const heightOfRow = (): number => rowHeight;
/** Targets that are asked about while something is dragged. */
const askedTargets = 16;

/** What the pointer is over: the panel of targets covers rows of the table. */
const belowPointer: CollisionDetection = (now) =>
  pointerWithin(now).toSorted(
    ({ id: one }, { id: other }) => Number(isInPanel(other)) - Number(isInPanel(one)),
  );
const isInPanel = (id: string | number): boolean => String(id).startsWith('target ');

/** The name goes with the pointer, wherever in its long row it was taken. */
const atPointer: Modifier = ({ activatorEvent, draggingNodeRect, transform }) => {
  if (draggingNodeRect === null || !(activatorEvent instanceof PointerEvent)) return transform;
  return {
    ...transform,
    x: transform.x + activatorEvent.clientX - draggingNodeRect.left + 10,
    y: transform.y + activatorEvent.clientY - draggingNodeRect.top + 10,
  };
};

interface FleetTableProps {
  readonly rows: readonly FleetRow[];
  readonly hosts: readonly HostBody[];
  readonly onToggle: (hostId: string) => void;
}

/** The fleet as one long table, of which only what is in sight is there. Instances are dragged onto hosts. */
export function FleetTable({ rows, hosts, onToggle }: FleetTableProps): ReactNode {
  const { say } = useText();
  const askMove = useAskMove();
  const scroll = useRef<HTMLDivElement>(null);
  const [dragged, setDragged] = useState<InstanceBody | null>(null);
  const sensors = useSensors(useSensor(PointerSensor, { activationConstraint: { distance: 6 } }));
  // The same function as long as the rows are the same: with another one all of them are measured anew, at every frame.
  const keyOfRow = useCallback((index: number) => rows[index]?.key ?? index, [rows]);
  const mayMove = useMay('operator');
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: heightOfRow,
    getItemKey: keyOfRow,
    overscan: 10,
  });
  const { active, onKeyDown, onFocusRow } = useRowKeys({
    rows,
    onToggle,
    reveal: (index) => virtual.scrollToIndex(index),
  });
  const likely = useMemo(() => (dragged === null ? [] : candidates(dragged, hosts)), [dragged, hosts]);
  const asked = likely
    .filter(({ obstacle }) => obstacle === null)
    .slice(0, askedTargets)
    .map(({ host }) => host.name);
  const verdicts = useVerdicts(dragged, dragged === null ? 'live-migration' : defaultKind(dragged), asked);
  const drop = useCallback(
    ({ active: what, over }: DragEndEvent): void => {
      setDragged(null);
      const host = over?.data.current?.['host'] as string | undefined;
      const instance = what.data.current?.['instance'] as InstanceBody | undefined;
      if (instance !== undefined && host !== undefined && host !== instance.host) askMove(instance, host);
    },
    [askMove],
  );
  return (
    <DndContext
      sensors={sensors}
      collisionDetection={belowPointer}
      measuring={{ droppable: { strategy: MeasuringStrategy.WhileDragging } }}
      onDragStart={({ active: what }) =>
        setDragged((what.data.current?.['instance'] as InstanceBody) ?? null)
      }
      onDragCancel={() => setDragged(null)}
      onDragEnd={drop}
    >
      <div
        className={style['frame']}
        role="treegrid"
        aria-label={say('fleet.title')}
        aria-rowcount={rows.length + 1}
      >
        <div className={style['head']} role="row" aria-rowindex={1}>
          <span role="columnheader">{say('column.name')}</span>
          <span role="columnheader">{say('column.state')}</span>
          <span role="columnheader">{say('column.memory')}</span>
          <span role="columnheader" className={style['number']}>
            {say('column.vcpus')}
          </span>
          <span role="columnheader" className={style['number']}>
            {say('column.instances')}
          </span>
          <span role="columnheader">
            <span className="visually-hidden">{say('column.actions')}</span>
          </span>
        </div>
        <div ref={scroll} className={style['scroll']} role="rowgroup" onKeyDown={onKeyDown}>
          <div className={style['space']} role="presentation" style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map(({ index, key, start }) => {
              const row = rows[index];
              if (row === undefined) return null;
              const place: RowPlace = { index, start, isActive: index === active, onFocus: onFocusRow };
              if (row.kind === 'zone') return <ZoneRow key={key} row={row} place={place} />;
              if (row.kind === 'instance')
                return (
                  <InstanceRow
                    key={key}
                    instance={row.instance}
                    place={place}
                    mayMove={mayMove}
                    isDragging={dragged !== null}
                  />
                );
              const verdict = dragged === null ? null : (verdicts.get(row.host.name) ?? null);
              return (
                <HostRow
                  key={key}
                  row={row}
                  place={place}
                  canDrop={dragged !== null && dragged.hostId !== row.host.id}
                  verdict={verdict}
                  onToggle={onToggle}
                />
              );
            })}
          </div>
        </div>
      </div>
      {dragged === null ? null : <DragTargets likely={likely} verdicts={verdicts} />}
      <DragOverlay dropAnimation={null} modifiers={[atPointer]}>
        {dragged === null ? null : <div className={style['chip']}>{dragged.name}</div>}
      </DragOverlay>
    </DndContext>
  );
}

/** Arrows go from row to row, right and left unfold and fold, Enter opens, M moves. */
function useRowKeys({
  rows,
  onToggle,
  reveal,
}: {
  readonly rows: readonly FleetRow[];
  readonly onToggle: (hostId: string) => void;
  readonly reveal: (index: number) => void;
}): {
  readonly active: number;
  readonly onKeyDown: (event: KeyboardEvent<HTMLDivElement>) => void;
  readonly onFocusRow: (index: number) => void;
} {
  const askMove = useAskMove();
  const [, navigate] = useLocation();
  const [active, setActive] = useState(0);
  const [moved, setMoved] = useState(0);
  const list = useRef<HTMLElement | null>(null);
  useEffect(() => {
    if (moved === 0) return;
    list.current?.querySelector<HTMLElement>(`[data-index="${active}"]`)?.focus();
  }, [moved, active]);
  const go = (to: number): void => {
    const next = Math.max(0, Math.min(rows.length - 1, to));
    reveal(next);
    setActive(next);
    setMoved((times) => times + 1);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    list.current = event.currentTarget;
    const target = event.target as HTMLElement;
    // Keys of what stands in a row are its own.
    if (target.getAttribute('role') !== 'row') return;
    const row = rows[active];
    const steps: Readonly<Record<string, () => void>> = {
      ArrowDown: () => go(active + 1),
      ArrowUp: () => go(active - 1),
      PageDown: () => go(active + 12),
      PageUp: () => go(active - 12),
      Home: () => go(0),
      End: () => go(rows.length - 1),
      ArrowRight: () => (row?.kind === 'host' && !row.isOpen ? onToggle(row.host.id) : undefined),
      ArrowLeft: () => (row?.kind === 'host' && row.isOpen ? onToggle(row.host.id) : undefined),
      Enter: () => {
        if (row?.kind === 'instance') navigate(`/instances/${row.instance.id}`);
        if (row?.kind === 'host') navigate(`/hosts/${row.host.id}`);
      },
      m: () => (row?.kind === 'instance' ? askMove(row.instance) : undefined),
    };
    const step = event.metaKey || event.ctrlKey || event.altKey ? undefined : steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    step();
  };
  return { active: Math.min(active, Math.max(0, rows.length - 1)), onKeyDown, onFocusRow: setActive };
}
