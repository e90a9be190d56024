import type { PowerAction, ProjectRole } from '@ferry/model';
import { Type } from 'typebox';
import { accepted, type ServerAction } from './server-action.ts';
import { submitPower } from '../../../operations/servers/submit-power.ts';

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
