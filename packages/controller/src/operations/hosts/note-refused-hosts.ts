import type { Services } from '../engine/services.ts';

/** Hosts that stand in the records with URIs that are not used are down, from the start and with the reason. */
export async function noteRefusedHosts({ store, hostUris, log }: Services): Promise<void> {
  for (const host of await store.hosts.list()) {
    const reason = hostUris.whyNotHost(host);
    if (reason === null) continue;
    log.error({ host: host.name, reason }, 'a host is not used');
    await store.hosts.saw(host.id, { state: 'down', reason, at: new Date().toISOString(), facts: null });
  }
}
