import type { Asked } from '../acts/asked.ts';
import type { Column } from '../ui/table.tsx';

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
