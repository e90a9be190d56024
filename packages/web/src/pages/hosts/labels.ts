/** Labels as words: `rack=a3`. */
export function labelWords(labels: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(labels).map(([name, value]) => (value === '' ? name : `${name}=${value}`));
}

/** The same read from lines: what stands behind the first sign of equality is the value. */
export function labelsOf(lines: string): Record<string, string> {
  const named = lines
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line): [string, string] => {
      const [name = '', ...rest] = line.split('=');
      return [name.trim(), rest.join('=').trim()];
    });
  return Object.fromEntries(named);
}
