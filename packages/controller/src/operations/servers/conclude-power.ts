import { powerActions, type PowerState, type VmState, vmStateOf } from '@ferry/model';
import type { Outputs, RunResult } from '@ferry/workflow';
import type { Store } from '../../store/store.ts';
import { comeToRest } from '../engine/come-to-rest.ts';
import type { Rest } from '../engine/rest.ts';
import type { PowerInput } from './power-input.ts';

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
  result: RunResult<Outputs>,
): Promise<Rest> {
  return comeToRest(store, id, result, {
    done: (output) => {
      const powerState = (output as { 'see-power': PowerState })['see-power'];
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
