import type { Flag, Json } from '../database/column-types.ts';
import type { Migration } from '@ferry/model';
import type { Generated } from 'kysely';

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

/** What is kept of a migration. A field that is new is a line here, and a step of the schema. */
export const migrationColumns = {
  id: ['id', 'text'],
  kind: ['kind', 'text'],
  instanceId: ['instance_id', 'text'],
  instanceName: ['instance_name', 'text'],
  sourceHostId: ['source_host_id', 'text'],
  sourceHost: ['source_host', 'text'],
  targetHostId: ['target_host_id', 'text'],
  targetHost: ['target_host', 'text'],
  status: ['status', 'text'],
  phase: ['phase', 'text'],
  plan: ['plan', 'json?'],
  copies: ['copies', 'json'],
  // What is empty at first and filled by the hypervisor; null in versions before 0040.
  made: ['made', 'json?'],
  // Null in versions before 0040.
  rounds: ['rounds', 'json?'],
  kept: ['kept', 'json'],
  findings: ['findings', 'json'],
  // Of versions before there was `migration_progress`.
  progress: ['progress', 'json?'],
  result: ['result', 'json?'],
  error: ['error', 'json?'],
  abortRequested: ['abort_requested', 'flag'],
  // The source is kept until a person decides.
  held: ['held', 'flag'],
  resize: ['resize', 'json?'],
  rehearsal: ['rehearsal', 'json?'],
  createdAt: ['created_at', 'text'],
  updatedAt: ['updated_at', 'text'],
  finishedAt: ['finished_at', 'text?'],
} as const satisfies NounColumns<Migration>;

/** The table: the noun's columns, and those that only the store knows. */
export interface MigrationTable extends TableOf<typeof migrationColumns> {
  /** Order of creation: two migrations of one millisecond keep it. */
  sequence: Generated<number>;
  /** Somebody wants it to come to its end now, whatever it costs the guest. */
  force_requested: Generated<Flag>;
  /** How its live transfer converges, and what was decided on that. */
  control: Generated<Json | null>;
  /** What operators have changed of its live transfer. */
  orders: Generated<Json | null>;
  /** Where its live transfer stands; null: none has begun. */
  transfer: Generated<Json | null>;
}
