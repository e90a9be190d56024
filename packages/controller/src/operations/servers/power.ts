import { NothingMoved, type RunResult, workflow } from '@ferry/workflow';
import type { Services } from '../engine/services.ts';
import { type PowerAction, powerActions, type PowerState, type VmState, vmStateOf } from '@ferry/model';
import type { HypervisorHost } from '@ferry/hypervisor';
import type { Store } from '../../store/store.ts';
import { conclude, type Conclusion } from '../engine/conclude.ts';

const minute = 60_000;

/**
 * One power action. Each step is an ensure, so that one that was interrupted is simply done again; nothing is taken back: what
 * could not be done is told, and the instance is then what its host shows.
 */
export const powerWorkflow = workflow<PowerInput, Services>('power')
  .step({
    name: 'end-domain',
    why: 'a reboot is the end of one run of the guest and the beginning of another',
    deadlineMs: 10 * minute,
    do: endDomain,
  })
  .step({
    name: 'reach-power',
    why: 'stands after the end of the old run: a controller that comes back in between begins here',
    deadlineMs: 60 * minute,
    do: reachPower,
  })
  .pivot({
    name: 'see-power',
    why: 'what the host shows counts, not what its calls said',
    deadlineMs: minute,
    do: seePower,
  })
  .build();

/** What a power action is carried out with, as it was accepted. */
export interface PowerInput {
  readonly instanceId: string;
  readonly instanceName: string;
  readonly host: { readonly id: string; readonly name: string; readonly uri: string };
  readonly action: PowerAction;
  /** How long the guest may take to power off by itself, milliseconds. */
  readonly graceMs: number;
}

/** What of a step's context its steps use. */
interface PowerContext {
  readonly input: PowerInput;
  readonly services: Services;
  readonly signal: AbortSignal;
}

/** The first half of a reboot; nothing for all other actions. */
async function endDomain(context: PowerContext): Promise<void> {
  const { action, instanceId, graceMs } = context.input;
  if (action !== 'reboot-soft' && action !== 'reboot-hard') return;
  const { domains, guests } = hostOf(context);
  const call = { signal: context.signal };
  await domains.ensureShutOff(instanceId, graceMs, call);
  // A hard reboot begins anew: what the guest held in memory is not brought back.
  await guests.ensureSavedGone(instanceId, call);
}

/** The guest's power becomes what was asked for. */
async function reachPower(context: PowerContext): Promise<void> {
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
async function seePower(context: PowerContext): Promise<PowerState> {
  const { instanceId, host } = context.input;
  const call = { signal: context.signal, deadlineMs: context.services.limits.inspectMs };
  const seen = await hostOf(context).domains.observe(instanceId, call);
  context.signal.throwIfAborted();
  if (seen.kind === 'present') return seen.state === 'other' ? 'unknown' : seen.state;
  const why = seen.kind === 'absent' ? 'it knows no such domain' : seen.reason;
  throw new NothingMoved('host-silent', `${host.name} does not show the instance afterwards: ${why}`);
}

function hostOf({ input, services }: PowerContext): HypervisorHost {
  return services.hypervisor.host(input.host.uri);
}

/** The power that an instance has in a state. */
const powerIn: Partial<Record<VmState, PowerState>> = {
  active: 'running',
  paused: 'paused',
  stopped: 'shutoff',
  suspended: 'shutoff',
};

/** Frees the instance, with what its host showed at the end. Doing it twice changes nothing. */
export function concludePower(
  store: Store,
  id: string,
  { instanceId, action, host }: PowerInput,
  result: RunResult<{ readonly 'see-power': PowerState }>,
): Promise<Conclusion> {
  return conclude(store, id, result, {
    done: (output) => {
      const powerState = output['see-power'];
      const { to } = powerActions[action];
      const reached = powerIn[to] === powerState;
      const failure = reached
        ? null
        : {
            message: `${host.name} shows it ${powerState} afterwards, not ${powerIn[to] ?? to}.`,
            remedy: `Look at the domain on ${host.name}.`,
          };
      const vmState = reached ? to : vmStateOf(powerState);
      return store.holds.end(id, instanceId, { states: { powerState, vmState }, failure });
    },
    // What was half done is seen by the next look at the host, which its record follows.
    undone: ({ message }) => {
      const remedy = `Look at the domain on ${host.name}; the instance is now what its host shows.`;
      return store.holds.end(id, instanceId, { states: null, failure: { message, remedy } });
    },
  });
}
