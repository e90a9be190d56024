import { styleText } from 'node:util';
import { textWidth } from './text-width.ts';

/** A column: its heading and how its cells stand. */
export interface Column {
  readonly heading: string;
  readonly align?: 'left' | 'right';
}

/** Rows under headings, aligned by what the terminal shows (wide characters count two). */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const clean = rows.map((row) => row.map(printable));
  const widths = columns.map((column, index) =>
    Math.max(textWidth(column.heading), ...clean.map((row) => textWidth(row[index] ?? ''))),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => {
        const space = ' '.repeat(Math.max(0, (widths[index] ?? 0) - textWidth(cell)));
        return columns[index]?.align === 'right' ? space + cell : cell + space;
      })
      .join('  ')
      .trimEnd();
  const head = styleText('bold', line(columns.map((column) => column.heading)), { stream: process.stdout });
  return [head, ...clean.map(line)].join('\n');
}

/** Names and values one under another. */
export function formatFields(fields: readonly (readonly [string, string])[]): string {
  const width = Math.max(...fields.map(([name]) => textWidth(name)));
  return fields.map(([name, value]) => `${name.padEnd(width)}  ${printable(value)}`.trimEnd()).join('\n');
}

/** Control characters could move the cursor or hide text: they come from names that others chose. */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '\u{fffd}');
}
