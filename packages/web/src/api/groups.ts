import { json } from './request.ts';

interface Aggregates {
  readonly aggregates: readonly { readonly name: string; readonly hosts: readonly string[] }[];
}

/** Names of the host aggregates of the compute API that a host is in. */
export async function groupsOfHost(host: string): Promise<readonly string[]> {
  const { aggregates } = await json<Aggregates>('GET', '/v2.1/os-aggregates');
  return aggregates.filter(({ hosts }) => hosts.includes(host)).map(({ name }) => name);
}
