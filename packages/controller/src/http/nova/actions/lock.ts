import { hasRole } from '@ferry/model';
import { Type } from 'typebox';
import { requireRole } from '../require-role.ts';
import { accepted, type ServerAction } from './server-action.ts';
import { changeServer } from '../../../operations/servers/change-server.ts';

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
