import { writeFileSync } from 'node:fs';
import { referencePages } from './reference/reference-pages.ts';

/** Writes the pages of docs/reference from the code that they are about. */
for (const [name, text] of await referencePages())
  writeFileSync(new URL(`../docs/reference/${name}`, import.meta.url), text);
