import type { ReactNode } from 'react';
import style from './table.module.css';

export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => ReactNode;
  readonly isNumber?: boolean;
  /** What can be done with the row: it stays in sight at the end, and its head is for screen readers alone. */
  readonly isAction?: boolean;
}

interface TableProps<Row> {
  readonly label: string;
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  readonly keyOf: (row: Row) => string;
  /** It stands within a panel, as high as its rows. */
  readonly inset?: boolean;
}

/** A dense table; its head and first column stay while the rest is scrolled. */
export function Table<Row>({ label, rows, columns, keyOf, inset = false }: TableProps<Row>): ReactNode {
  return (
    <div className={style['frame']} data-inset={inset} tabIndex={0} role="group" aria-label={label}>
      <table className={style['table']} aria-label={label}>
        <thead>
          <tr>
            {columns.map(({ head, isNumber, isAction }) => (
              <th key={head} scope="col" data-number={isNumber === true} data-action={isAction === true}>
                {isAction === true ? <span className="visually-hidden">{head}</span> : head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map(({ head, cell, isNumber, isAction }) => (
                <td key={head} data-number={isNumber === true} data-action={isAction === true}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
