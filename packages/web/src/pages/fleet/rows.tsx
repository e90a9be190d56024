import type { HostBody, InstanceBody } from '@ferry/api';
import { memo, type PointerEvent, type ReactNode, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { Link } from 'wouter';
import { bytes } from '../../i18n/format.ts';
import { useText } from '../../i18n/text.tsx';
import { hostTone, instanceTone, useWords } from '../../i18n/words.ts';
import type { TargetVerdict } from '../../move/checks.ts';
import { TargetMark } from '../../move/target-words.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Meter, State, Tag } from '../../ui/state.tsx';
import { Draggable, Droppable, type Grip } from './drag-and-drop.tsx';
import type { FleetRow } from './fleet-rows.ts';
import { InstanceMenu } from './instance-menu.tsx';
import style from './rows.module.css';

/** Where a row stands in the long table, and whether the keyboard is at it. */
export interface RowPlace {
  readonly index: number;
  /** Pixels from the top of the table. */
  readonly start: number;
  readonly isActive: boolean;
  readonly onFocus: (index: number) => void;
}

/** What every row has in common. */
function placed({ index, start, isActive, onFocus }: RowPlace): Record<string, unknown> {
  return {
    role: 'row',
    tabIndex: isActive ? 0 : -1,
    'aria-rowindex': index + 2,
    'data-index': index,
    // No transform: what is dragged is measured without one.
    style: { top: start },
    onFocus: () => onFocus(index),
  };
}

export const ZoneRow = memo(function ZoneRow({
  row,
  place,
}: {
  readonly row: Extract<FleetRow, { kind: 'zone' }>;
  readonly place: RowPlace;
}): ReactNode {
  const { say } = useText();
  return (
    <div
      {...placed(place)}
      className={`${style['row']} ${style['zone']}`}
      aria-level={1}
      aria-expanded="true"
    >
      <span role="gridcell" className={style['zoneName']}>
        {row.name === '' ? say('fleet.noZone') : row.name}
        <span className={style['quiet']}>
          {say('fleet.zone', { hosts: row.hosts, instances: row.instances })}
        </span>
      </span>
    </div>
  );
}, samePlace);

interface HostRowProps {
  readonly row: Extract<FleetRow, { kind: 'host' }>;
  readonly place: RowPlace;
  /** Something is dragged that is not on it. */
  readonly canDrop: boolean;
  /** Whether it would take what is dragged; null: it is not known, or nothing is. */
  readonly verdict: TargetVerdict | null;
  readonly onToggle: (id: string) => void;
}

export const HostRow = memo(function HostRow({
  row,
  place,
  canDrop,
  verdict,
  onToggle,
}: HostRowProps): ReactNode {
  const { say } = useText();
  const words = useWords();
  const { host, isOpen } = row;
  const element = useRef<HTMLDivElement>(null);
  const label = isOpen
    ? say('fleet.foldOne', { host: host.name })
    : say('fleet.unfoldOne', { host: host.name });
  return (
    <div
      ref={element}
      {...placed(place)}
      className={`${style['row']} ${style['host']}`}
      aria-level={2}
      aria-expanded={isOpen}
      data-target={verdict?.kind}
    >
      {canDrop ? <Droppable id={host.id} host={host.name} rowRef={element} /> : null}
      <span role="gridcell" className={style['first']}>
        <button
          type="button"
          tabIndex={-1}
          className={style['fold']}
          data-open={isOpen}
          aria-label={label}
          onClick={() => onToggle(host.id)}
        >
          <Icon name="chevron" size={12} />
        </button>
        <Link href={`/hosts/${host.id}`} tabIndex={-1} className={style['name']}>
          {host.name}
        </Link>
        {verdict === null ? null : <TargetMark verdict={verdict} />}
        {verdict?.kind === 'refused' ? <span className={style['why']}>{verdict.because}</span> : null}
      </span>
      <span role="gridcell">
        <State tone={hostTone(host)}>{words.hostState(host)}</State>
      </span>
      <span role="gridcell">
        <HostMemory host={host} />
      </span>
      <span role="gridcell" className={style['number']}>
        {host.facts === null ? '' : `${row.vcpus} / ${host.facts.cpus}`}
      </span>
      <span role="gridcell" className={style['number']}>
        {Math.max(row.instances, host.recorded?.instances ?? 0)}
      </span>
      <span role="gridcell" />
    </div>
  );
}, samePlace);

function HostMemory({ host: { facts } }: { readonly host: HostBody }): ReactNode {
  const { say } = useText();
  if (facts === null) return null;
  const used = facts.memoryBytes - facts.memoryAvailableBytes;
  const words = say('host.memory', { used: bytes(used), total: bytes(facts.memoryBytes) });
  return (
    <span className={style['memory']}>
      <Meter value={facts.memoryBytes === 0 ? 0 : used / facts.memoryBytes} label={words} />
      <span className={style['quiet']}>{words}</span>
    </span>
  );
}

interface InstanceRowProps {
  readonly instance: InstanceBody;
  readonly place: RowPlace;
  /** Asked once for all rows: each that asks by itself costs time when it comes into sight. */
  readonly mayMove: boolean;
  readonly isDragging: boolean;
}

export const InstanceRow = memo(function InstanceRow({
  instance,
  place,
  mayMove,
  isDragging,
}: InstanceRowProps): ReactNode {
  const { say } = useText();
  const words = useWords();
  const isFree = mayMove && instance.taskState === null;
  const element = useRef<HTMLDivElement>(null);
  const grip = useRef<Grip | null>(null);
  const [isPointedAt, setPointedAt] = useState(false);
  const take = (event: PointerEvent): void => {
    flushSync(() => setPointedAt(true));
    grip.current?.(event);
  };
  return (
    <div
      ref={element}
      {...placed(place)}
      // The keyboard's way is the menu, or M.
      onPointerEnter={() => setPointedAt(true)}
      onPointerDown={isFree ? take : undefined}
      className={`${style['row']} ${style['instance']}`}
      aria-level={3}
      data-free={isFree}
    >
      {isFree && isPointedAt ? <Draggable instance={instance} rowRef={element} gripRef={grip} /> : null}
      {isDragging ? <Droppable id={instance.id} host={instance.host} rowRef={element} /> : null}
      <span role="gridcell" className={style['first']}>
        <span className={style['grip']} aria-hidden="true">
          {isFree ? <Icon name="drag" size={14} /> : null}
        </span>
        <Link href={`/instances/${instance.id}`} tabIndex={-1} className={style['link']} draggable={false}>
          {instance.name}
        </Link>
        {instance.fault === null ? null : <Tag tone="bad">{instance.fault.kind}</Tag>}
      </span>
      <span role="gridcell">
        <State tone={instanceTone(instance)}>
          {instance.migrationId === null ? (
            words.instanceState(instance)
          ) : (
            <Link href={`/migrations/${instance.migrationId}`} tabIndex={-1} className={style['link']}>
              {words.instanceState(instance)}
            </Link>
          )}
        </State>
      </span>
      <span role="gridcell" className={style['second']}>
        {bytes(instance.memoryBytes)}
      </span>
      <span role="gridcell" className={style['number']}>
        {instance.vcpus}
      </span>
      <span role="gridcell" />
      <span role="gridcell" className={style['last']}>
        <InstanceMenu
          instance={instance}
          mayMove={mayMove}
          label={say('instance.actions', { name: instance.name })}
        />
      </span>
    </div>
  );
}, samePlace);

/** Rows are made anew only when what they show changes. */
function samePlace<Props extends { readonly place: RowPlace }>(one: Props, other: Props): boolean {
  const keys = Object.keys(other) as (keyof Props)[];
  return keys.every((key) => {
    if (key !== 'place') return Object.is(one[key], other[key]) || sameRow(one[key], other[key]);
    const [before, after] = [one.place, other.place];
    return before.index === after.index && before.start === after.start && before.isActive === after.isActive;
  });
}

/** Lines are made anew with each list; what they are of is not. */
function sameRow(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (!('key' in one) || !('key' in other)) return false;
  const keys = Object.keys(other) as (keyof typeof other)[];
  return keys.every((key) => Object.is(one[key], other[key]));
}
