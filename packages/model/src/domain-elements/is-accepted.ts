/** Whether an operator's words (`devices/rng/backend`, `devices/serial/source/@path=/dev/ttyS0`) name that element. */
export function isAccepted(words: readonly string[], path: string, value: string): boolean {
  return words.includes(path) || words.includes(`${path}=${value}`);
}

/** The word for it, as it is given on a command line. */
export function wordFor(path: string, value: string): string {
  const text = /^[\w/@.:+-]{1,100}$/.test(value) ? `${path}=${value}` : path;
  return /^[\w/@.:+=-]+$/.test(text) ? text : `'${text}'`;
}
