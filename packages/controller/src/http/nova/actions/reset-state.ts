import type { VmState } from '@ferry/model';
import { Type } from 'typebox';
import { NovaFault } from '../nova-fault.ts';
import { accepted, type ServerAction } from './server-action.ts';
import { resetState as reset } from '../../../operations/servers/change-server.ts';

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
      `Instance ${id} is held by operation ${operationId ?? '(just begun)'}, which ends by itself or is aborted: its state is not reset meanwhile.`,
    );
  },
};
