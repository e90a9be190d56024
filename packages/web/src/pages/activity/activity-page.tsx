import type { AuditBody } from '@ferry/api';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useLocation, useSearch } from 'wouter';
import { ferry } from '../../api/ferry.ts';
import { useMay } from '../../api/queries.ts';
import { useText } from '../../i18n/text.tsx';
import { Button } from '../../ui/button.tsx';
import { Empty, Notice, Page } from '../../ui/page.tsx';
import { ActivityFilter, type Filter, filterOf } from './activity-filter.tsx';
import { ActivityTable } from './activity-table.tsx';

const pageSize = 100;

/** Who did what to what, from where and with which result: the audit log, page by page. */
export function ActivityPage(): ReactNode {
  const { say } = useText();
  const [, go] = useLocation();
  const query = new URLSearchParams(useSearch());
  const isAdmin = useMay('admin');
  const asked = { ...Object.fromEntries(query), limit: String(pageSize) };
  const { data, error } = useQuery<AuditBody[]>({
    queryKey: ['audit', asked],
    queryFn: () => ferry.audit(asked),
    enabled: isAdmin,
    placeholderData: (before) => before,
  });
  if (!isAdmin) return <Empty>{say('activity.admins')}</Empty>;
  const show = (filter: Filter, before: number | null = null): void => {
    const next = new URLSearchParams(filter);
    if (before !== null) next.set('before', String(before));
    go(next.size === 0 ? '/activity' : `/activity?${next.toString()}`);
  };
  const filter = filterOf(query);
  const last = data?.at(-1)?.sequence ?? null;
  return (
    <Page
      fills
      title={say('activity.title')}
      actions={
        <>
          {query.has('before') ? (
            <Button onClick={() => show(filter)}>{say('activity.newest')}</Button>
          ) : null}
          {last === null || (data?.length ?? 0) < pageSize ? null : (
            <Button onClick={() => show(filter, last)}>{say('activity.older')}</Button>
          )}
        </>
      }
    >
      <ActivityFilter key={query.toString()} filter={filter} onChange={show} />
      {error === null ? null : <Notice tone="bad">{error.message}</Notice>}
      {data?.length === 0 ? <Empty>{say('activity.none')}</Empty> : null}
      {(data ?? []).length === 0 ? null : <ActivityTable records={data ?? []} />}
    </Page>
  );
}
