import { mayOpenConsole } from '@ferry/model';
import type { ConsoleControls } from './http/consoles/console-controls.ts';
import type { IdentityControls } from './identity-controls.ts';
import { consolePlace } from './operations/consoles/console-place.ts';
import { ConsoleSession } from './operations/consoles/console-session.ts';
import { requestConsole } from './operations/consoles/request-console.ts';
import { Refusal } from './operations/engine/refusal.ts';
import type { Services } from './operations/engine/services.ts';
import type { ConsoleGrant } from './store/instances/console-token-store.ts';

/** Joins the pages of consoles to operations and readings. */
export function consoleControls(
  services: Services,
  { callerOf }: Pick<IdentityControls, 'callerOf'>,
): ConsoleControls {
  const { maxConsoles, consoleBeatMs, consoleRightMs } = services.limits;
  const { store } = services;
  const holdsConsole = async ({ authToken, instanceId }: ConsoleGrant): Promise<boolean> => {
    const caller = await callerOf(authToken);
    if (caller === null) return false;
    return mayOpenConsole(caller, (await store.profiles.of(instanceId))?.projectId ?? null);
  };
  return {
    consoleLimits: { most: maxConsoles, beatMs: consoleBeatMs, rightMs: consoleRightMs },
    requestConsole: async (id, kind, authToken) => {
      const caller = await callerOf(authToken);
      // It was good a moment ago.
      if (caller === null) throw new Refusal('unauthorized', 'The token has ended.');
      return requestConsole(services, id, kind, { userId: caller.userId, authToken });
    },
    consoleGrant: async (token) => {
      const grant = await store.consoleTokens.read(token);
      return grant !== null && (await holdsConsole(grant)) ? grant : null;
    },
    holdsConsole,
    openConsole: (grant, force) => ConsoleSession.open(services, grant, force),
    consolePlace: (grant) => consolePlace(services, grant),
  };
}
