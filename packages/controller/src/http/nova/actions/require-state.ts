import type { VmState } from '@ferry/model';
import type { ServerRecord } from '../../../store/instances/server-record.ts';
import { NovaFault } from '../nova-fault.ts';

/** Refuses an action on a server that is in no state for it, in Nova's words: its task first, as Nova looks. */
export function requireState(action: string, { instance }: ServerRecord, states: readonly VmState[]): void {
  const { id, vmState, taskState } = instance;
  const where =
    taskState === null
      ? states.includes(vmState)
        ? null
        : `vm_state ${vmState}`
      : `task_state ${taskState}`;
  if (where !== null) throw new NovaFault(409, `Cannot '${action}' instance ${id} while it is in ${where}`);
}
