import type { MigrationBody } from '@ferry/api';
import { type ReactNode, useState } from 'react';
import { Link } from 'wouter';
import { useMigrations } from '../../api/queries.ts';
import { bytes, duration, fullTime, time } from '../../i18n/format.ts';
import { useText } from '../../i18n/text.tsx';
import { migrationTone, useWords } from '../../i18n/words.ts';
import { Choice } from '../../ui/field.tsx';
import { Empty, Notice, Page } from '../../ui/page.tsx';
import { State } from '../../ui/state.tsx';
import { Table } from '../../ui/table.tsx';
import { When } from '../../ui/when.tsx';

/** As many as are looked through by eye; the command line lists further ones. */
const most = 500;
const filters = {
  all: {},
  open: { open: 'true' },
  failed: { status: 'failed' },
  error: { status: 'error' },
} as const satisfies Record<string, Readonly<Record<string, string>>>;
type Filter = keyof typeof filters;

/** Migrations, newest first. */
export function MigrationsPage(): ReactNode {
  const { say } = useText();
  const [show, setShow] = useState<Filter>('all');
  const found = useMigrations({ ...filters[show], limit: String(most) });
  return (
    <Page
      fills
      title={say('migrations.title')}
      actions={
        <Choice<Filter>
          label={say('fleet.show')}
          value={show}
          onChange={setShow}
          options={[
            { value: 'all', label: say('fleet.all') },
            { value: 'open', label: say('migrations.open') },
            { value: 'failed', label: say('status.failed') },
            { value: 'error', label: say('status.error') },
          ]}
        />
      }
    >
      {found.error === null ? null : <Notice tone="bad">{found.error.message}</Notice>}
      {found.data?.length === 0 ? <Empty>{say('migrations.none')}</Empty> : null}
      {(found.data ?? []).length === 0 ? null : <MigrationTable migrations={found.data ?? []} />}
    </Page>
  );
}

/** Migrations as a table; `withInstance` false where all are of one. */
export function MigrationTable({
  migrations,
  withInstance = true,
}: {
  readonly migrations: readonly MigrationBody[];
  readonly withInstance?: boolean;
}): ReactNode {
  const { say, language, read } = useText();
  const words = useWords();
  return (
    <Table
      label={say('migrations.title')}
      rows={migrations}
      keyOf={({ id }) => id}
      columns={[
        {
          head: say('column.begun'),
          cell: ({ id, createdAt }) => (
            <Link href={`/migrations/${id}`}>
              <When iso={createdAt} short={time(createdAt, language)} full={fullTime(createdAt, language)} />
            </Link>
          ),
        },
        ...(withInstance
          ? [
              {
                head: say('column.instance'),
                cell: (one: MigrationBody) => (
                  <Link href={`/instances/${one.instanceId}`}>{one.instanceName}</Link>
                ),
              },
            ]
          : []),
        { head: say('column.way'), cell: ({ sourceHost, targetHost }) => `${sourceHost} → ${targetHost}` },
        { head: say('column.kind'), cell: ({ kind }) => words.migrationKind(kind) },
        {
          head: say('column.state'),
          cell: (one) => <State tone={migrationTone(one)}>{words.migrationStatus(one.status)}</State>,
        },
        {
          head: say('column.took'),
          isNumber: true,
          cell: ({ result }) => (result === null ? '' : duration(result.elapsedMs)),
        },
        {
          head: say('column.pause'),
          isNumber: true,
          cell: ({ result }) =>
            (result?.downtimeMs ?? null) === null ? '' : duration(result?.downtimeMs ?? 0),
        },
        {
          head: say('column.sent'),
          isNumber: true,
          cell: ({ result }) => (result === null ? '' : bytes(result.memoryBytes + result.diskBytes)),
        },
        { head: say('column.says'), cell: ({ error, phase }) => error?.message ?? read(phase) },
      ]}
    />
  );
}
