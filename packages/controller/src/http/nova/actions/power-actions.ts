import { type PowerAction, type ProjectRole, type VmState, hasRole } from '@ferry/model';
import { Type } from 'typebox';
import { accepted, type ServerAction } from './server-action.ts';
import { submitPower } from '../../../operations/servers/submit-power.ts';
import { submitDelete } from '../../../operations/servers/submit-delete.ts';
import { NovaFault, requireRole } from '../nova-fault.ts';
import { resetState as reset, changeServer } from '../../../operations/servers/change-server.ts';

/** An action of Nova's that takes no values and does one thing to the instance's power. */
function powerAction(
  key: string,
  action: PowerAction,
  policy: string,
  role: ProjectRole = 'member',
): ServerAction {
  return {
    key,
    // Nova takes anything under these keys: null is what clients send today, {} what old ones do.
    bodyOf: () => null,
    role,
    policy,
    heedsLock: true,
    run: async ({ api, asked, server }) => {
      await api.start(submitPower(api.services, asked, server.instance.id, action));
      return accepted;
    },
  };
}

/** Start, stop, pause, unpause, suspend, resume. */
export const plainPowerActions: readonly ServerAction[] = [
  powerAction('os-start', 'start', 'servers:start'),
  powerAction('os-stop', 'stop', 'servers:stop'),
  powerAction('pause', 'pause', 'os-pause-server:pause'),
  powerAction('unpause', 'unpause', 'os-pause-server:unpause'),
  powerAction('suspend', 'suspend', 'os-suspend-server:suspend'),
  powerAction('resume', 'resume', 'os-suspend-server:resume'),
];

const RebootSchema = Type.Object(
  { type: Type.Enum(['HARD', 'Hard', 'hard', 'SOFT', 'Soft', 'soft']) },
  { additionalProperties: false },
);

/** Reboot: SOFT asks the guest first, HARD does not. */
export const reboot: ServerAction = {
  key: 'reboot',
  bodyOf: () => RebootSchema,
  role: 'member',
  policy: 'servers:reboot',
  heedsLock: true,
  run: async ({ api, asked, server, body }) => {
    const { type } = body as { type: string };
    const action = type.toUpperCase() === 'HARD' ? 'reboot-hard' : 'reboot-soft';
    await api.start(submitPower(api.services, asked, server.instance.id, action));
    return accepted;
  },
};

/** Deletes it, as DELETE does: there is nothing in between that could be restored. */
export const forceDelete: ServerAction = {
  key: 'forceDelete',
  bodyOf: () => null,
  role: 'member',
  policy: 'os-deferred-delete:force',
  heedsLock: true,
  run: async ({ api, asked, server }) => {
    await api.start(submitDelete(api.services, asked, server.instance.id));
    return accepted;
  },
};

const ResetSchema = Type.Object({ state: Type.Enum(['active', 'error']) }, { additionalProperties: false });

/** Sets what an instance is said to be. It frees none that an operation works on: that has its own end, and its own undo. */
export const resetState: ServerAction = {
  key: 'os-resetState',
  bodyOf: () => ResetSchema,
  role: 'admin',
  policy: 'os-admin-actions:reset_state',
  heedsLock: false,
  run: async ({ api, asked, server, body }) => {
    const { state } = body as { state: VmState };
    const { id, operationId } = server.instance;
    if (await reset(api.services, asked, id, state)) return accepted;
    throw new NovaFault(
      409,
      `Instance ${id} is busy with operation ${operationId ?? '(just begun)'}, which ends by itself or is aborted: its state is not reset meanwhile.`,
    );
  },
};

const LockSchema = Type.Union([
  Type.Null(),
  Type.Object(
    { locked_reason: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })) },
    { additionalProperties: false },
  ),
]);

/** Keeps everybody but administrators from changing it. */
export const lock: ServerAction = {
  key: 'lock',
  bodyOf: (minor) => (minor >= 73 ? LockSchema : null),
  role: 'member',
  policy: 'os-lock-server:lock',
  heedsLock: false,
  run: async ({ api, asked, server, minor, body }) => {
    const reason = minor >= 73 ? ((body as { locked_reason?: string } | null)?.locked_reason ?? null) : null;
    const owner = server.profile.projectId === asked.caller.projectId && !hasRole(asked.caller, 'admin');
    await changeServer(api.services, server.instance.id, () => ({
      lockedBy: owner ? 'owner' : 'admin',
      lockedReason: reason,
    }));
    return accepted;
  },
};

/** Lets them again; what an administrator has locked only an administrator unlocks. */
export const unlock: ServerAction = {
  key: 'unlock',
  bodyOf: () => null,
  role: 'member',
  policy: 'os-lock-server:unlock',
  heedsLock: false,
  run: async ({ api, asked, server }) => {
    if (server.profile.lockedBy === 'admin')
      requireRole(asked.caller, 'admin', 'os-lock-server:unlock:unlock_override');
    await changeServer(api.services, server.instance.id, () => ({ lockedBy: null, lockedReason: null }));
    return accepted;
  },
};
