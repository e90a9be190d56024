import { accepted, type ServerAction } from './server-action.ts';

/** Deletes it, as DELETE does: there is nothing in between that could be restored. */
export const forceDelete: ServerAction = {
  key: 'forceDelete',
  bodyOf: () => null,
  role: 'member',
  policy: 'os-deferred-delete:force',
  heedsLock: true,
  run: async ({ controls, asked, server }) => {
    await controls.deleteServer(asked, server.instance.id);
    return accepted;
  },
};
