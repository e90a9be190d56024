import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Asked } from '../acts/asked.ts';
import { RowMenu } from '../acts/row-menu.tsx';
import { useText } from '../i18n/text.tsx';
import { Empty, Notice } from '../ui/page.tsx';
import { Table } from '../ui/table.tsx';
import type { Noun } from './noun.ts';

/** Things as rows, with what can be done with each at the end of its row. `word`: only those that have it in their names. */
export function NounTable<Row>({
  noun: { label, none, keyOf, nameOf, columns, actsOf },
  found: { data, error },
  word = '',
  inset = false,
  onAsk,
}: {
  readonly noun: Noun<Row>;
  readonly found: Pick<UseQueryResult<readonly Row[]>, 'data' | 'error'>;
  readonly word?: string;
  readonly inset?: boolean;
  readonly onAsk: (asked: Asked) => void;
}): ReactNode {
  const { say } = useText();
  if (error !== null && data === undefined) return <Notice tone="bad">{error.message}</Notice>;
  if (data === undefined) return null;
  const searched = word.trim().toLowerCase();
  const rows = data.filter(
    (row) => nameOf(row).toLowerCase().includes(searched) || keyOf(row).toLowerCase().startsWith(searched),
  );
  if (rows.length === 0) return <Empty>{data.length === 0 ? none : say('fleet.nothing')}</Empty>;
  const actions = {
    head: say('column.actions'),
    isAction: true,
    cell: (row: Row) => (
      <RowMenu
        name={nameOf(row)}
        entries={(actsOf?.(row) ?? []).map(({ asked, label: entry = asked.act, because = null }) => ({
          label: entry,
          because,
          onChoose: () => onAsk(asked),
        }))}
      />
    ),
  };
  return (
    <Table
      label={label}
      rows={rows}
      keyOf={keyOf}
      inset={inset}
      columns={actsOf === undefined ? columns : [...columns, actions]}
    />
  );
}
