import { forceDelete } from './force-delete.ts';
import { consoleOutput, remoteConsoles } from './console.ts';
import { evacuate } from './evacuate.ts';
import { lock, unlock } from './lock.ts';
import { migrateLive } from './migrate-live.ts';
import { migrate } from './migrate.ts';
import { plainPowerActions, reboot } from './power-actions.ts';
import { resetState } from './reset-state.ts';
import { confirmResize, resize, revertResize } from './resize.ts';
import { addSecurityGroup, removeSecurityGroup } from './security-groups.ts';
import type { ServerAction } from './server-action.ts';

/** Every action of a server, by the key that asks for it. A new one is a file of its own and a name here. */
export const allActions: ReadonlyMap<string, ServerAction> = new Map(
  [
    ...plainPowerActions,
    reboot,
    lock,
    unlock,
    resetState,
    migrate,
    migrateLive,
    resize,
    confirmResize,
    revertResize,
    evacuate,
    forceDelete,
    addSecurityGroup,
    removeSecurityGroup,
    consoleOutput,
    ...remoteConsoles,
  ].map((action) => [action.key, action]),
);
