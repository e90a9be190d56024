import type { Quotas } from '../../operations/engine/quotas.ts';

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
