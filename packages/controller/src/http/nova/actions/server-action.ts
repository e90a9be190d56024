import type { ProjectRole, VmState } from '@ferry/model';
import type { TSchema } from 'typebox';
import type { ServerRecord } from '../../../store/instances/server-record.ts';
import type { Api } from '../../routing/api.ts';
import type { AskedBy } from '../servers/find-server.ts';
import { NovaFault } from '../nova-fault.ts';

/** One thing that POST /servers/{id}/action can ask for. */
export interface ServerAction {
  /** The body's one key. */
  readonly key: string;
  /** First and last microversion 2.N that has it; absent: all. */
  readonly since?: number;
  readonly until?: number;
  /** What stands under the key, in that microversion; null: anything. */
  bodyOf(minor: number): TSchema | null;
  readonly role: ProjectRole;
  /** Nova's name of the policy, without `os_compute_api:`. */
  readonly policy: string;
  /** Whether a locked server is not open to it, except for administrators. */
  readonly heedsLock: boolean;
  run(context: ActionContext): Promise<ActionReply>;
}

/** Everything that an action gets. `body` is as its schema says. */
export interface ActionContext {
  readonly api: Api;
  readonly asked: AskedBy;
  readonly server: ServerRecord;
  readonly minor: number;
  readonly body: unknown;
  /** The address by which the caller reached Ferry. */
  readonly baseUrl: string;
  /** What the caller showed. */
  readonly token: string;
}

/** The reply: mostly 202 and nothing. */
export interface ActionReply {
  readonly status: number;
  readonly body?: unknown;
}

/** What most actions reply. */
export const accepted: ActionReply = { status: 202 };

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
