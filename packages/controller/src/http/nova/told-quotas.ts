import { Type } from 'typebox';
import type { Quotas } from '../../operations/engine/quotas.ts';
import type { Api } from '../routing/api.ts';
import { NovaFault } from './nova-fault.ts';

/** Of what Ferry does not limit, or has not: Nova's word for that. */
const unlimited = -1;

/** Name of a limit, until which 2.N the compute API tells it, which quota it is, and since which 2.N. */
export type Told = readonly [name: string, until: number, quota?: keyof Quotas | undefined, since?: number];

/** How a value is told, of what Nova names so. */
export type Shown = (value: number, quota: keyof Quotas | undefined, name: string) => unknown;

/** The names that a microversion has, each with its value. */
export function toldQuotas(
  names: readonly Told[],
  minor: number,
  values: Quotas,
  shown: Shown,
): Record<string, unknown> {
  return Object.fromEntries(
    namesAt(names, minor).map(([name, , quota]) => [
      name,
      shown(quota === undefined ? unlimited : values[quota], quota, name),
    ]),
  );
}

/** Those that a microversion has. */
export function namesAt(names: readonly Told[], minor: number): readonly Told[] {
  return names.filter(([, until, , since = 1]) => minor >= since && minor <= until);
}

/** A quota as Nova and Cinder take it: a number, in quotes or not. */
export const Most = Type.Union([
  Type.Integer({ minimum: -1, maximum: 0x7fffffff }),
  Type.String({ pattern: '^(?:-1|[0-9]{1,9})$' }),
]);

/** The quotas that a body says. Clients may name the project once more, which its address has. */
export function saidQuotas(fields: Readonly<Record<string, unknown>>): Record<string, number> {
  const { tenant_id: _whose, ...said } = fields;
  return Object.fromEntries(Object.entries(said).map(([name, value]) => [name, Number(value)]));
}

const mebibyte = 1024 * 1024;

const projectId = /^[0-9a-f]{32}$|^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Refuses what is no project's id: the class of all others is no project, and is said by an address of its own. */
export function requireProjectId(id: string): void {
  if (!projectId.test(id)) throw new NovaFault(400, `Project ID ${id} is not a valid project.`);
}

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
