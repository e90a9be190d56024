import { type Fixability, fixTable } from '@ferry/model';
import { cell } from './markdown.ts';

const words: Readonly<Record<Fixability['fixed'], string>> = { yes: 'yes', 'in-part': 'in part', no: 'no' };

/** docs/reference/doctor.md: which findings of the doctor `--fix` mends. */
export function doctorPage(): string {
  const rows = Object.entries(fixTable).map(
    ([code, { fixed, what }]) => `| \`${code}\` | ${words[fixed]} | ${cell(what)} |`,
  );
  return `${introduction}\n| Finding | Mended | What is done, or why not |\n|---|---|---|\n${rows.join('\n')}\n`;
}

const introduction = `# What \`ferry doctor --fix\` mends

Written by \`make reference\` from \`packages/model/src/doctor/fix/fix-table.ts\`. What each finding means, and how they are mended: [the doctor](../operating.md#the-doctor).
`;
