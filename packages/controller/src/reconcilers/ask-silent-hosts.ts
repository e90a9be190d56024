import type { Services } from '../operations/engine/services.ts';
import type { SilentHosts } from '../operations/hosts/silent-hosts.ts';

/** Asks the hosts that did not answer whether they do again; `wake` is called for each that does. Touches nothing. */
export async function askSilentHosts(
  services: Services,
  silent: SilentHosts,
  wake: () => void,
): Promise<void> {
  if (!silent.any) return;
  const hosts = await services.store.hosts.list();
  const known = new Set(hosts.map((host) => host.uri));
  silent.ask(services.hypervisor, { known, deadlineMs: services.limits.inspectMs }, (uri) => {
    services.log.info({ uri }, 'a host answers again: what waited for it goes on');
    wake();
  });
}
