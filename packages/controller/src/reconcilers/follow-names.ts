import type { Services } from '../operations/engine/services.ts';
import type { HostLook } from './first-look.ts';

/**
 * A domain that somebody has renamed (`virsh domrename`): the instance follows, unless it has a name of its own. What is kept
 * of its definition is read anew.
 */
export async function followNames({ store }: Services, looks: readonly HostLook[]): Promise<void> {
  const shown = new Map(looks.map(({ host, powers }) => [host.id, powers]));
  for (const { instanceId, hostId, name, domainName } of await store.devices.names()) {
    const now = shown.get(hostId)?.get(instanceId)?.name;
    if (now === undefined || now === domainName) continue;
    if (name === domainName) await store.instances.rename(instanceId, now);
    await store.devices.forget(instanceId);
  }
}
