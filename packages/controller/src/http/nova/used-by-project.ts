import type { Quotas } from '../../operations/engine/quotas.ts';
import type { Api } from '../routing/api.ts';

const mebibyte = 1024 * 1024;

/** What a project has of that which is counted by project. */
export async function usedByProject(
  { store }: Pick<Api, 'store'>,
  id: string,
): Promise<Pick<Quotas, 'instances' | 'cores' | 'ram' | 'serverGroups'>> {
  const { instances, vcpus: cores, memoryBytes } = await store.servers.usageOf(id);
  const groups = await store.serverGroups.list();
  const ram = Math.ceil(memoryBytes / mebibyte);
  return { instances, cores, ram, serverGroups: groups.filter((one) => one.projectId === id).length };
}
