import { powerActions, type PowerState, type VmState, vmStateOf } from '@ferry/model';
import type { Outputs, RunResult } from '@ferry/workflow';
import type { Store } from '../../store/store.ts';
import type { Rest } from '../shared/rest.ts';
import type { PowerInput } from './power-input.ts';

/** The power that an instance has in a state. */
const powerIn: Partial<Record<VmState, PowerState>> = {
  active: 'running',
  paused: 'paused',
  stopped: 'shutoff',
  suspended: 'shutoff',
};

/** Frees the instance, with what its host showed at the end. Doing it twice changes nothing. */
export async function concludePower(
  store: Store,
  id: string,
  { instanceId, action, host }: PowerInput,
  result: RunResult<Outputs>,
): Promise<Rest> {
  switch (result.kind) {
    case 'stopped':
      return 'stopped';
    case 'done': {
      const powerState = (result.output as { 'see-power': PowerState })['see-power'];
      const { to } = powerActions[action];
      const reached = powerIn[to] === powerState;
      const failure = reached
        ? null
        : {
            message: `${host.name} shows it ${powerState} afterwards, not ${powerIn[to] ?? to}.`,
            remedy: `Look at the domain on ${host.name}.`,
          };
      const vmState = reached ? to : vmStateOf(powerState);
      await store.holds.end(id, instanceId, { states: { powerState, vmState }, failure });
      await store.operations.close(id);
      return 'over';
    }
    case 'undone': {
      // What was half done is seen by the next look at the host, which its record follows.
      const { message } = result.failure;
      const remedy = `Look at the domain on ${host.name}; the instance is now what its host shows.`;
      await store.holds.end(id, instanceId, { states: null, failure: { message, remedy } });
      await store.operations.close(id);
      return 'over';
    }
    case 'blocked':
    case 'undo-blocked':
      return 'waits';
  }
}
