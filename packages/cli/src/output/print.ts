/** Forms of output. */
export type OutputFormat = 'table' | 'json' | 'yaml';
export const outputFormats: readonly OutputFormat[] = ['table', 'json', 'yaml'];

/** Loaded when it is asked for: it is large, and hardly anybody asks for it. */
let toYaml: ((answer: unknown) => string) | null = null;

/** To be waited for before anything is printed in that form. */
export async function readyToPrint(format: unknown): Promise<void> {
  if (format === 'yaml') toYaml = (await import('yaml')).stringify;
}

/** Prints an answer: for programs as it came, for people as the given text. */
export function print(format: OutputFormat, answer: unknown, asText: () => string): void {
  process.stdout.write(`${render(format, answer, asText).trimEnd()}\n`);
}

function render(format: OutputFormat, answer: unknown, asText: () => string): string {
  switch (format) {
    case 'json':
      return JSON.stringify(answer, null, 2);
    case 'yaml':
      if (toYaml === null) throw new Error('nothing is ready to print YAML');
      return toYaml(answer);
    case 'table':
      return asText();
  }
}
