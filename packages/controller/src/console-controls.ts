import type { ConsoleControls } from './http/consoles/console-controls.ts';
import { consolePlace } from './operations/consoles/console-place.ts';
import { ConsoleSession } from './operations/consoles/console-session.ts';
import { requestConsole } from './operations/consoles/request-console.ts';
import type { Services } from './operations/shared/services.ts';

/** Joins the pages of consoles to operations and readings. */
export function consoleControls(services: Services): ConsoleControls {
  const { mostConsoles, consoleBeatMs } = services.limits;
  return {
    consoleLimits: { most: mostConsoles, beatMs: consoleBeatMs },
    requestConsole: (id, kind) => requestConsole(services, id, kind),
    consoleGrant: (token) => services.store.consoleTokens.read(token),
    openConsole: (grant, force) => ConsoleSession.open(services, grant, force),
    consolePlace: (grant) => consolePlace(services, grant),
  };
}
