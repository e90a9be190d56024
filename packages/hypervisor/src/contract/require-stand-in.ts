import { HypervisorError } from './errors.ts';

/** Throws unless what has the id of a stand-in is one, as far as can be told: it has its name, and never ran. */
export function requireStandIn(
  host: string,
  name: string,
  found: { readonly name: string; readonly state: string },
): void {
  if (found.name === name && found.state !== 'running') return;
  const what = `${found.name}, ${found.state}`;
  throw new HypervisorError(
    'wrong-state',
    host,
    `${host}: what has the id of the stand-in ${name} is ${what}: it is not ended`,
  );
}
