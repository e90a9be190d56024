import { theDomain } from '@ferry/model';

/** What of a list a query asks for, by `name`, `enabled` and `domain_id`; other parameters are let be, as Keystone does. */
export function filtered<T extends { readonly name: string; readonly enabled: boolean }>(
  items: readonly T[],
  query: unknown,
): T[] {
  const { name, enabled, domain_id: domain } = query as Record<string, string | undefined>;
  const wanted = enabled === undefined ? null : !/^(?:false|0|no|off)$/i.test(enabled);
  return items.filter(
    (item) =>
      (name === undefined || item.name === name) &&
      (wanted === null || item.enabled === wanted) &&
      (domain === undefined || domain === theDomain.id),
  );
}
