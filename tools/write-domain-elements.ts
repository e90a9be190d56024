import { writeFileSync } from 'node:fs';
import { elementsDocument } from '@ferry/model';

/** Writes docs/domain-elements.md from the table of a domain's elements. */
writeFileSync(new URL('../docs/domain-elements.md', import.meta.url), elementsDocument());
