import type { SetPolicyBody } from '@ferry/api';

type Values = SetPolicyBody['values'];

/** What a policy says, one value a line: `maxDowntimeMs=300`. */
export function linesOfValues(values: Values): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value === null ? 'null' : String(value)}`)
    .join('\n');
}

/** The same read. What is no value of a policy is refused by the controller, with those that are. */
export function valuesOfLines(lines: string): Values {
  const read = lines
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line): [string, unknown] => {
      const [name = '', ...rest] = line.split('=');
      return [name.trim(), valueOf(rest.join('=').trim())];
    });
  return Object.fromEntries(read) as Values;
}

function valueOf(word: string): string | number | null {
  if (word === 'null') return null;
  return /^-?\d+$/.test(word) ? Number(word) : word;
}
