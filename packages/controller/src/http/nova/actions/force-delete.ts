import { accepted, type ServerAction } from './server-action.ts';
import { submitDelete } from '../../../operations/servers/submit-delete.ts';

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
