import { problems } from '@ferry/api';
import { cell } from './markdown.ts';

/** docs/errors.md: all that the API can refuse. */
export function errorsPage(): string {
  const rows = Object.entries(problems).map(
    ([code, { status, message, remedy }]) =>
      `| \`${code}\` | ${status} | ${cell(message)} | ${cell(remedy)} |`,
  );
  return `${introduction}\n| code | status | meaning | what to do |\n|---|---|---|---|\n${rows.join('\n')}\n`;
}

const introduction = `# Refusals of the API

Written by \`make reference\` from \`packages/api/src/ferry/problems/\`.

Every refusal is \`{"error": {"code", "message", "remedy", "findings"?}}\`. The codes are a closed list; a test holds this page, the types and the code equal. Messages of a case say more, with the values that were compared.
`;
