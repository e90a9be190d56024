import type { InventoryResult } from '../commands/inventory/add-from-inventory.ts';
import { formatTable } from './table.ts';

const words: Readonly<Record<InventoryResult['result'], string>> = {
  added: 'added',
  'would-be-added': 'would be added',
  there: 'there already',
  differs: 'DIFFERS',
  failed: 'FAILED',
};

/** What became of each host of an inventory, and the next command. */
export function formatInventoryResults(results: readonly InventoryResult[]): string {
  const table = formatTable(
    [{ heading: 'HOST' }, { heading: 'RESULT' }, { heading: 'URI' }],
    results.map(({ name, uri, result }) => [name ?? '-', words[result], uri]),
  );
  const bad = results.filter(({ result }) => result === 'failed' || result === 'differs');
  const told = bad.map(
    ({ name, uri, line, message, remedy }) =>
      `${name ?? uri} (line ${line}): ${message}${remedy === '' ? '' : `\n  -> ${remedy}`}`,
  );
  const counts = Object.entries(words).flatMap(([result, word]) => {
    const count = results.filter((one) => one.result === result).length;
    return count === 0 ? [] : [`${count} ${word.toLowerCase()}`];
  });
  const isDry = results.some(({ result }) => result === 'would-be-added');
  const next = isDry ? 'nothing was written' : 'next: ferry doctor';
  return [table, ...told, '', counts.join(', '), next].join('\n');
}
