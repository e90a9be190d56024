import type { Host } from '@ferry/model';

/** By host id: projects that an aggregate keeps it for (`filter_tenant_id`). */
export function keptFor(
  hosts: readonly Host[],
  aggregates: readonly {
    readonly hosts: readonly string[];
    readonly metadata: Readonly<Record<string, string>>;
  }[],
): Map<string, Set<string>> {
  const kept = new Map<string, Set<string>>();
  for (const { hosts: names, metadata } of aggregates) {
    const tenants = (metadata['filter_tenant_id'] ?? '').split(',').map((one) => one.trim());
    const named = tenants.filter((one) => one !== '');
    if (named.length === 0) continue;
    for (const { id, name } of hosts)
      if (names.includes(name)) kept.set(id, new Set([...(kept.get(id) ?? []), ...named]));
  }
  return kept;
}

/** Nova's `cpu_allocation_ratio` of an aggregate; endless where it says none. */
export function ratioOf(text: string | undefined): number {
  const ratio = Number(text ?? Number.NaN);
  return Number.isFinite(ratio) && ratio > 0 ? ratio : Number.POSITIVE_INFINITY;
}
