import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';

const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What of the page bars people from it, by axe: by all of its rules, or by those of colours alone. */
export async function barriers(page: Page, rules: 'all' | 'colours'): Promise<string[]> {
  const only = rules === 'all' ? { type: 'tag', values: tags } : { type: 'rule', values: ['color-contrast'] };
  const options = { runOnly: only, resultTypes: ['violations'] };
  // The page's own policy lets nothing in: the browser runs this beside it.
  await page.evaluate(axe);
  return page.evaluate(
    `axe.run(document, ${JSON.stringify(options)}).then(({ violations }) =>
      violations.map(({ id, nodes }) => id + ': ' + nodes[0].html + ' (' + nodes[0].failureSummary + ')'))`,
  );
}
