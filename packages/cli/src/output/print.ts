import { stringify } from 'yaml';

/** Forms of output. */
export type OutputFormat = 'table' | 'json' | 'yaml';
export const outputFormats: readonly OutputFormat[] = ['table', 'json', 'yaml'];

/** Prints an answer: for programs as it came, for people as the given text. */
export function print(format: OutputFormat, answer: unknown, asText: () => string): void {
  process.stdout.write(`${render(format, answer, asText).trimEnd()}\n`);
}

function render(format: OutputFormat, answer: unknown, asText: () => string): string {
  switch (format) {
    case 'json':
      return JSON.stringify(answer, null, 2);
    case 'yaml':
      return stringify(answer);
    case 'table':
      return asText();
  }
}
