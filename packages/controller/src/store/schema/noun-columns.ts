import type { Flag, Json } from '../database/column-types.ts';

/** How a value is kept in its column; with a question mark, where it may be null. */
type Kept = 'text' | 'text?' | 'json' | 'json?' | 'flag';

/** What a column holds. */
interface Stored {
  readonly text: string;
  readonly 'text?': string | null;
  readonly json: Json;
  readonly 'json?': Json | null;
  readonly flag: Flag;
}

type KeptColumn = readonly [column: string, kept: Kept];

/** Each field of a noun, its column, and how it is kept there: the columns' types, reading and writing follow. */
export type NounColumns<Noun> = Readonly<Record<keyof Noun & string, KeptColumn>>;

/** The columns of a noun's table that its fields are kept in. */
export type TableOf<Columns extends Readonly<Record<string, KeptColumn>>> = {
  -readonly [Field in keyof Columns as Columns[Field][0]]: Stored[Columns[Field][1]];
};

/** A row as its noun: what its columns hold is what was written of the noun. */
export function readNoun<Noun>(columns: NounColumns<Noun>, row: object): Noun {
  const values = row as Readonly<Record<string, unknown>>;
  const noun: Record<string, unknown> = {};
  for (const [field, [column, kept]] of entriesOf(columns)) noun[field] = readValue(kept, values[column]);
  return noun as Noun;
}

/** A noun as the values of its columns. */
export function writeNoun<Columns extends Readonly<Record<string, KeptColumn>>>(
  columns: Columns,
  noun: Readonly<Record<keyof Columns, unknown>>,
): TableOf<Columns> {
  const row: Record<string, unknown> = {};
  for (const [field, [column, kept]] of entriesOf(columns)) row[column] = writeValue(kept, noun[field]);
  return row as TableOf<Columns>;
}

/** Lists are read by thousands of rows: the fields are counted once. */
const known = new WeakMap<object, readonly (readonly [string, KeptColumn])[]>();

function entriesOf(
  columns: Readonly<Record<string, KeptColumn>>,
): readonly (readonly [string, KeptColumn])[] {
  const entries = known.get(columns) ?? Object.entries(columns);
  known.set(columns, entries);
  return entries;
}

function readValue(kept: Kept, stored: unknown): unknown {
  if (kept === 'flag') return stored !== 0;
  if (kept === 'text' || kept === 'text?') return stored;
  return typeof stored === 'string' ? JSON.parse(stored) : null;
}

function writeValue(kept: Kept, value: unknown): unknown {
  if (kept === 'flag') return value === true ? 1 : 0;
  if (kept === 'text' || kept === 'text?') return value;
  return value === null && kept === 'json?' ? null : JSON.stringify(value);
}
