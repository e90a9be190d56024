import type { Named } from '@ferry/api';

/** The one that a request names, by its id or by its name; null for one in another domain, where nobody is. */
export async function findNamed<T>(
  among: { byId(id: string): Promise<T | null>; byName(name: string): Promise<T | null> },
  named: Named,
): Promise<T | null> {
  if (named === null) return null;
  return 'id' in named ? among.byId(named.id) : among.byName(named.name);
}
