import { consoleOutput } from './console-output.ts';
import { forceDelete } from './force-delete.ts';
import { lock, unlock } from './lock.ts';
import { plainPowerActions, reboot } from './power-actions.ts';
import type { ServerAction } from './server-action.ts';

/** Every action of a server, by the key that asks for it. A new one is a file of its own and a name here. */
export const allActions: ReadonlyMap<string, ServerAction> = new Map(
  [...plainPowerActions, reboot, lock, unlock, forceDelete, consoleOutput].map((action) => [
    action.key,
    action,
  ]),
);
