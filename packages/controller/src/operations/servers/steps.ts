import type { HypervisorHost } from '@ferry/hypervisor';
import type { PowerState } from '@ferry/model';
import { NothingMoved } from '@ferry/workflow';
import type { PowerContext } from './power-input.ts';

/** The first half of a reboot; nothing for all other actions. */
export async function endDomain(context: PowerContext): Promise<void> {
  const { action, instanceId, graceMs } = context.input;
  if (action !== 'reboot-soft' && action !== 'reboot-hard') return;
  const { domains, guests } = hostOf(context);
  const call = { signal: context.signal };
  await domains.ensureShutOff(instanceId, graceMs, call);
  // A hard reboot begins anew: what the guest held in memory is not brought back.
  await guests.ensureSavedGone(instanceId, call);
}

/** The guest's power becomes what was asked for. */
export async function reachPower(context: PowerContext): Promise<void> {
  const { action, instanceId, graceMs } = context.input;
  const { domains, guests } = hostOf(context);
  const call = { signal: context.signal };
  switch (action) {
    case 'start':
    case 'resume':
    case 'reboot-soft':
    case 'reboot-hard':
      return domains.ensureStarted(instanceId, call);
    case 'stop':
      await domains.ensureShutOff(instanceId, graceMs, call);
      return undefined;
    case 'pause':
      return domains.ensurePaused(instanceId, call);
    case 'unpause':
      return domains.ensureResumed(instanceId, call);
    case 'suspend':
      return guests.ensureSaved(instanceId, call);
  }
}

/** What the host shows when it is done. */
export async function seePower(context: PowerContext): Promise<PowerState> {
  const { instanceId, host } = context.input;
  const call = { signal: context.signal, deadlineMs: context.services.limits.inspectMs };
  const seen = await hostOf(context).domains.sight(instanceId, call);
  context.signal.throwIfAborted();
  if (seen.kind === 'present') return seen.state === 'other' ? 'unknown' : seen.state;
  const why = seen.kind === 'absent' ? 'it knows no such domain' : seen.reason;
  throw new NothingMoved('host-silent', `${host.name} does not show the instance afterwards: ${why}`);
}

function hostOf({ input, services }: PowerContext): HypervisorHost {
  return services.hypervisor.host(input.host.uri);
}
