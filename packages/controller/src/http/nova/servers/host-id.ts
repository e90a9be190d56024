import { hash } from 'node:crypto';

/** Most servers of a list stand on hosts that others of it do. */
const known = new Map<string, string>();
const maxKnown = 10_000;

/** Nova's opaque name of a host, another one for each project: SHA-224 of both. */
export function hostIdOf(projectId: string, host: string): string {
  const both = `${projectId}${host}`;
  const id = known.get(both) ?? hash('sha224', both);
  if (known.size >= maxKnown) known.clear();
  known.set(both, id);
  return id;
}
