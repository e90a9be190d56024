/** Labels as they are typed, one a line. */
export function labelLines(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
    .join('\n');
}

/** The same read: what stands behind the first sign of equality is the value. */
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
