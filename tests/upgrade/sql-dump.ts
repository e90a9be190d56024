import { DatabaseSync } from 'node:sqlite';

/** A database as SQL text, a statement a line: its tables and rows, as `sqlite3 .dump` tells them. */
export function sqlDump(path: string): string {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const things = database
      .prepare("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
      .all();
    const lines = things.map(({ sql }) => `${String(sql).replaceAll(/\s+/g, ' ')};`);
    for (const { name } of things.filter(({ type }) => type === 'table')) {
      for (const row of database.prepare(`SELECT * FROM "${String(name)}"`).all())
        lines.push(
          `INSERT INTO "${String(name)}" (${Object.keys(row)
            .map((column) => `"${column}"`)
            .join(', ')}) VALUES (${Object.values(row).map(literal).join(', ')});`,
        );
    }
    return `${lines.join('\n')}\n`;
  } finally {
    database.close();
  }
}

/** Makes a database file of such a text. */
export function loadDump(sql: string, path: string): void {
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: false });
  try {
    database.exec(`BEGIN;\n${sql}\nCOMMIT;`);
  } finally {
    database.close();
  }
}

function literal(value: unknown): string {
  if (value === null) return 'NULL';
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  throw new Error(`no SQL for ${typeof value}`);
}
