import { HypervisorError } from '@ferry/hypervisor';
import { refusalOf } from '../engine/host-error.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';

/** A screen of 4K takes a second; a host that sends slower than this has no picture to show. */
const longestMs = 30_000;

/** A picture of the screen of a guest that runs, as PNG, taken by its host: also where no VNC is reached. */
export async function takeScreenshot(
  { store, hypervisor, limits }: Services,
  instanceId: string,
): Promise<Uint8Array> {
  const instance = await store.instances.byId(instanceId);
  const host = instance === null ? null : await store.hosts.byId(instance.hostId);
  if (host === null) throw new Refusal('instance-not-found', `There is no instance "${instanceId}".`);
  const call = { deadlineMs: limits.inspectMs, signal: AbortSignal.timeout(longestMs) };
  try {
    return await hypervisor.host(host.uri).consoles.screenshot(instanceId, call);
  } catch (error) {
    if (call.signal.aborted)
      throw new Refusal(
        'host-refused',
        `${host.name} sent no picture within ${longestMs / 1000} s.`,
        [],
        error,
      );
    if (!(error instanceof HypervisorError)) throw refusalOf(error);
    if (error.code === 'no-console') throw new Refusal('no-console', error.message, [], error);
    if (error.code === 'wrong-state' || error.code === 'no-domain')
      throw new Refusal(
        'instance-state',
        `Instance ${instanceId} shows no screen: ${error.message}.`,
        [],
        error,
      );
    throw refusalOf(error);
  }
}
