/** What of a body may stand in the audit log: names of what is done to what, never a password, secret, key or data. */
const told: ReadonlySet<string> = new Set(
  'name host domain kind enabled uri type visibility pool size powered_off imageRef flavorRef volumeId reason disabled_reason forced_down poweredOff'.split(
    ' ',
  ),
);
const longest = 200;

/**
 * What a request is about: what its address names, and a few words of its body, of the one object in it where there is
 * one. Texts are cut.
 */
export function auditedTarget(params: unknown, body: unknown): Record<string, string> {
  return { ...wordsOf(body), ...textsOf(params, () => true) };
}

function wordsOf(body: unknown): Record<string, string> {
  const objects = isObject(body) ? [body, ...Object.values(body).filter(isObject)] : [];
  return Object.assign({}, ...objects.map((one) => textsOf(one, (name) => told.has(name)))) as Record<
    string,
    string
  >;
}

function textsOf(value: unknown, isTold: (name: string) => boolean): Record<string, string> {
  const entries = isObject(value) ? Object.entries(value) : [];
  return Object.fromEntries(
    entries
      .filter(([name, one]) => isTold(name) && ['string', 'number', 'boolean'].includes(typeof one))
      .map(([name, one]) => [name, withoutPassword(String(one)).slice(0, longest)]),
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** An address can hold a password, `scheme://user:password@host`, and parameters. */
function withoutPassword(text: string): string {
  return text
    .replace(/^([a-z][\w+.-]*:\/\/)[^/@]*:[^/@]*@/i, '$1***@')
    .replace(/(^[a-z][\w+.-]*:\/\/[^?]*)\?.*$/i, '$1');
}
