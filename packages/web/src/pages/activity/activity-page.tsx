import type { AuditBody } from '@ferry/api';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useLocation, useSearch } from 'wouter';
import { ferry } from '../../api/ferry.ts';
import { useMay } from '../../api/queries.ts';
import type { MessageKey } from '../../i18n/en.ts';
import { useText } from '../../i18n/text.tsx';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { Empty, Notice, Page } from '../../ui/page.tsx';
import style from './activity-filter.module.css';
import { ActivityTable } from './activity-table.tsx';

const fields = {
  user: 'activity.user',
  target: 'activity.target',
  action: 'activity.action',
  since: 'activity.since',
  until: 'activity.until',
} as const satisfies Record<string, MessageKey>;
type Field = keyof typeof fields;
const names = Object.keys(fields) as Field[];

/** What records are to have; times are UTC ISO 8601. */
export type Filter = Partial<Record<Field, string>>;

/** What an address asks for. */
export function filterOf(query: URLSearchParams): Filter {
  return Object.fromEntries(
    names.flatMap((name) => (query.has(name) ? [[name, query.get(name) ?? '']] : [])),
  );
}

/** By whom, to what, what and when; looked for when one says so. */
export function ActivityFilter({
  filter,
  onChange,
}: {
  readonly filter: Filter;
  readonly onChange: (filter: Filter) => void;
}): ReactNode {
  const { say } = useText();
  const [values, setValues] = useState<Filter>(filter);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const said = names.map((name) => [name, values[name]?.trim() ?? ''] as const);
    onChange(Object.fromEntries(said.filter(([, value]) => value !== '')));
  };
  return (
    <form className={style['filter']} onSubmit={submit}>
      {names.map((name) => {
        const isTime = name === 'since' || name === 'until';
        return (
          <TextField
            key={name}
            label={say(fields[name])}
            type={isTime ? 'datetime-local' : 'text'}
            value={isTime ? ownTime(values[name] ?? '') : (values[name] ?? '')}
            onChange={({ currentTarget: { value } }) =>
              setValues({ ...values, [name]: isTime ? utcTime(value) : value })
            }
          />
        );
      })}
      <Button type="submit">{say('activity.filter')}</Button>
      {Object.keys(filter).length === 0 ? null : (
        <Button look="quiet" onClick={() => onChange({})}>
          {say('activity.clear')}
        </Button>
      )}
    </form>
  );
}

/** A time of UTC as a field of the reader's zone has it. */
function ownTime(iso: string): string {
  if (iso === '') return '';
  const date = new Date(iso);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function utcTime(own: string): string {
  return own === '' ? '' : new Date(own).toISOString();
}

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
