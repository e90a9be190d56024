import type { ConsoleGrant } from '../../store/instances/console-token-store.ts';
import { refusalOf } from '../engine/host-error.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';

/** The host of a console, and the port of its screen there; a serial console has none: libvirtd opens it. */
export async function consolePlace(
  { store, hypervisor, limits }: Services,
  { instanceId, kind }: ConsoleGrant,
): Promise<{ host: string; port: number | null }> {
  const instance = await store.instances.byId(instanceId);
  const host = instance === null ? null : await store.hosts.byId(instance.hostId);
  if (host === null) throw new Refusal('instance-not-found', `There is no instance "${instanceId}".`);
  if (kind === 'serial') return { host: host.name, port: null };
  try {
    const { vnc } = await hypervisor
      .host(host.uri)
      .consoles.ports(instanceId, { deadlineMs: limits.inspectMs });
    return { host: host.name, port: vnc?.port ?? null };
  } catch (error) {
    throw refusalOf(error);
  }
}
