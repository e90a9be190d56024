import type { AuditBody } from '@ferry/api';
import { formatTable, printable } from './table.ts';

/** Records, a line each. */
export function formatAudit(records: readonly AuditBody[]): string {
  return formatTable(
    ['AT', 'USER', 'FROM', 'ACTION', 'TARGET', 'RESULT'].map((heading) => ({ heading })),
    records.map(cellsOf),
  );
}

/** One on a line of its own, for those that come one by one. */
export function auditLine(record: AuditBody): string {
  return printable(cellsOf(record).join('  '));
}

function cellsOf({ at, userName, address, action, target, result, status }: AuditBody): string[] {
  const words = Object.entries(target).map(([name, value]) => `${name}=${value}`);
  return [at, userName, address, action, words.join(' '), status === null ? result : `${result} (${status})`];
}
