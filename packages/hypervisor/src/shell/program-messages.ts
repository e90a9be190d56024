type Shape = Readonly<Record<string, 'string' | 'number' | 'boolean' | 'object'>>;

/** What the programs tell (`program/*.py`), and what must be in it; numbers are none below 0. */
const shapes: ReadonlyMap<string, Shape> = new Map(
  Object.entries({
    ready: { python: 'string', zstd: 'boolean', root: 'boolean' },
    listening: { port: 'number', have: 'number' },
    received: { digest: 'string', bytes: 'number' },
    published: {},
    began: { from: 'number', length: 'number' },
    progress: { bytes: 'number', wireBytes: 'number', seconds: 'number', receiverLimited: 'number' },
    sent: { digest: 'string', bytes: 'number', wireBytes: 'number' },
    answer: { number: 'number', told: 'object' },
    hashed: { digest: 'string', lengthBytes: 'number', changedAt: 'string' },
  } satisfies Record<string, Shape>),
);

/** A line as an object; null for what is none, as what a login script prints. */
export function readMessage(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : null;
  } catch {
    return null;
  }
}

/** What a host says is a message, or is not: `unknown` for a name that no program has. */
export function judgeMessage(name: string, value: unknown): 'well-formed' | 'malformed' | 'unknown' {
  const shape = shapes.get(name);
  if (shape === undefined) return 'unknown';
  if (typeof value !== 'object' || value === null) return 'malformed';
  const fits = Object.entries(shape).every(([field, type]) => {
    const told: unknown = Object.hasOwn(value, field) ? Reflect.get(value, field) : undefined;
    return typeof told === type && (typeof told !== 'number' || told >= 0);
  });
  return fits ? 'well-formed' : 'malformed';
}
