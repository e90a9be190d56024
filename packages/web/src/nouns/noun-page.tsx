import type { UseQueryResult } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { Asked } from '../acts/asked.ts';
import { RowMenu } from '../acts/row-menu.tsx';
import { useAct } from '../acts/use-act.tsx';
import { useText } from '../i18n/text.tsx';
import { Button } from '../ui/button.tsx';
import { SearchField } from '../ui/field.tsx';
import { Empty, Notice, Page, Panel } from '../ui/page.tsx';
import { type Column, Table } from '../ui/table.tsx';

/** Something that can be done with one, as the dialog asks for it. `because`: why it cannot now. */
export interface Act {
  readonly asked: Asked;
  /** What stands in the menu; else the word on the dialog's button. */
  readonly label?: string;
  readonly because?: string | null;
}

/** A kind of things that are listed: what of them is shown, and what can be done. */
export interface Noun<Row> {
  /** Of many: the title of the list. */
  readonly label: string;
  /** What stands where there are none. */
  readonly none: string;
  readonly keyOf: (row: Row) => string;
  /** What it is called, for buttons. */
  readonly nameOf: (row: Row) => string;
  readonly columns: readonly Column<Row>[];
  /** How one is made, the usual way first; none where who is signed in may not. */
  readonly creates?: readonly Asked[];
  /** What can be done with one; those that who is signed in may not do are not among them. */
  readonly actsOf?: (row: Row) => readonly Act[];
}

/** Things as rows, with what can be done with each at the end of its row. `word`: only those that have it in their names. */
function NounTable<Row>({
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

interface NounProps<Row> {
  readonly noun: Noun<Row>;
  readonly found: Pick<UseQueryResult<readonly Row[]>, 'data' | 'error'>;
}

/** A page of all things of a kind: searched, made, and what can be done with each. */
export function NounPage<Row>({
  noun,
  found,
  views,
}: NounProps<Row> & {
  /** What else there is to see at this address. */
  readonly views?: ReactNode;
}): ReactNode {
  const { say } = useText();
  const { ask, dialog } = useAct();
  const [word, setWord] = useState('');
  const { creates = [] } = noun;
  return (
    <Page
      fills
      title={noun.label}
      actions={
        <>
          <SearchField
            label={say('fleet.search')}
            value={word}
            onChange={({ target }) => setWord(target.value)}
          />
          {views}
          {creates.map((create, index) => (
            <Button key={create.title} look={index === 0 ? 'primary' : 'plain'} onClick={() => ask(create)}>
              {create.title}
            </Button>
          ))}
        </>
      }
    >
      <NounTable noun={noun} found={found} word={word} onAsk={ask} />
      {dialog}
    </Page>
  );
}

/** The same as a part of a page. */
export function NounPanel<Row>({ noun, found }: NounProps<Row>): ReactNode {
  const { ask, dialog } = useAct();
  const { creates = [] } = noun;
  return (
    <Panel
      title={noun.label}
      beside={
        creates.length === 0 ? undefined : (
          <span>
            {creates.map((create) => (
              <Button key={create.title} look="quiet" onClick={() => ask(create)}>
                {create.title}
              </Button>
            ))}
          </span>
        )
      }
    >
      <NounTable inset noun={noun} found={found} onAsk={ask} />
      {dialog}
    </Panel>
  );
}
