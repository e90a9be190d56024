/** The one key of a body, by which an action is named; null: it has none, or several. */
export function firstKeyOf(body: unknown): string | null {
  const keys = body !== null && typeof body === 'object' ? Object.keys(body) : [];
  return keys.length === 1 ? (keys[0] ?? null) : null;
}
