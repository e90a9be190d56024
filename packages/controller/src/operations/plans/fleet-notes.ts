import type { Services } from '../engine/services.ts';

/** Facts that are older than this are told with what is planned from them, ms. */
const staleFactsMs = 300_000;

/** What to know of the facts that plans are made from: what was not seen for long is reckoned with as it was. */
export async function fleetNotes({ store }: Services): Promise<string[]> {
  const now = Date.parse(store.now());
  return (await store.hosts.list()).flatMap(({ name, facts, service }) => {
    if (facts === null) return [`${name} has never told what it has: nothing goes there`];
    const seen = service.lastSeenAt === null ? null : now - Date.parse(service.lastSeenAt);
    if (service.state === 'up' && seen !== null && seen > staleFactsMs)
      return [
        `what ${name} has was last seen ${Math.round(seen / 60_000)} min ago, at ${service.lastSeenAt}`,
      ];
    return [];
  });
}
