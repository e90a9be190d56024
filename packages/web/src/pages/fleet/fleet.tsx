import { type ReactNode, useDeferredValue, useMemo, useState } from 'react';
import { useHosts, useInstances } from '../../api/queries.ts';
import { bytes } from '../../i18n/format.ts';
import { useText } from '../../i18n/text.tsx';
import { Button } from '../../ui/button.tsx';
import { Choice, SearchField } from '../../ui/field.tsx';
import { Empty, Notice, Page } from '../../ui/page.tsx';
import { arrangeFleet, type FleetFilter, fleetRows } from './fleet-rows.ts';
import { FleetTable } from './fleet-table.tsx';
import style from './fleet.module.css';

/** From so many hosts on they are folded at first: who has a thousand looks for some of them. */
const manyHosts = 60;

/** Hosts by group with what they run: to look through, to search, and to move instances from one to another. */
export function Fleet(): ReactNode {
  const { say } = useText();
  const hosts = useHosts();
  const instances = useInstances();
  const [filter, setFilter] = useState<FleetFilter>({ search: '', show: 'all' });
  // Typing is never held up by the list that it makes.
  const used = useDeferredValue(filter);
  const [folded, setFolded] = useState<ReadonlySet<string> | null>(null);
  const all = useMemo(() => hosts.data ?? [], [hosts.data]);
  const closed = useMemo(
    () => folded ?? new Set(all.length > manyHosts ? all.map(({ id }) => id) : []),
    [folded, all],
  );
  const fleet = useMemo(() => arrangeFleet(all, instances.data ?? new Map()), [all, instances.data]);
  const rows = useMemo(() => fleetRows(fleet, used, closed), [fleet, used, closed]);
  const toggle = (id: string): void => {
    const next = new Set(closed);
    if (!next.delete(id)) next.add(id);
    setFolded(next);
  };
  const failed = hosts.error ?? instances.error;
  return (
    <Page
      fills
      title={say('fleet.title')}
      beside={<Summary hosts={all} count={instances.data?.size ?? 0} />}
      actions={
        <>
          <SearchField
            label={say('fleet.search')}
            value={filter.search}
            onChange={({ target }) => setFilter({ ...filter, search: target.value })}
          />
          <Choice
            label={say('fleet.show')}
            value={filter.show}
            onChange={(show) => setFilter({ ...filter, show })}
            options={[
              { value: 'all', label: say('fleet.all') },
              { value: 'moving', label: say('fleet.moving') },
              { value: 'faults', label: say('fleet.faults') },
              { value: 'off', label: say('fleet.off') },
            ]}
          />
          <Button
            look="quiet"
            onClick={() => setFolded(closed.size === 0 ? new Set(all.map(({ id }) => id)) : new Set())}
          >
            {closed.size === 0 ? say('fleet.fold') : say('fleet.unfold')}
          </Button>
        </>
      }
    >
      {failed === null || hosts.data !== undefined ? null : <Notice tone="bad">{failed.message}</Notice>}
      <div className={style['table']}>
        {rows.length === 0 && hosts.data !== undefined ? (
          <Empty>{all.length === 0 ? say('hosts.none') : say('fleet.nothing')}</Empty>
        ) : (
          <FleetTable rows={rows} hosts={all} onToggle={toggle} />
        )}
      </div>
    </Page>
  );
}

function Summary({
  hosts,
  count,
}: {
  readonly hosts: NonNullable<ReturnType<typeof useHosts>['data']>;
  readonly count: number;
}): ReactNode {
  const { say } = useText();
  const up = hosts.filter(({ service }) => service.state === 'up');
  const sum = (of: 'memoryBytes' | 'memoryAvailableBytes'): number =>
    up.reduce((total, { facts }) => total + (facts?.[of] ?? 0), 0);
  return (
    <span className={style['summary']}>
      {say('fleet.summary', {
        up: up.length,
        hosts: hosts.length,
        instances: count,
        free: bytes(sum('memoryAvailableBytes')),
        memory: bytes(sum('memoryBytes')),
      })}
    </span>
  );
}
