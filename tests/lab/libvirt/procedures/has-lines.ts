/** Whether each line stands somewhere in a text, however blanks are put; no lines are for a text without any. */
export function hasLines(text: string, lines: readonly string[]): boolean {
  const printed = new Set(text.split('\n').map(plainly));
  return lines.length === 0 ? text.trim() === '' : lines.every((line) => printed.has(plainly(line)));
}

function plainly(line: string): string {
  return line.trim().replaceAll(/\s+/g, ' ');
}
