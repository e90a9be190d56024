import type { CreateControls } from './http/nova/create-controls.ts';
import {
  changeFlavor,
  createFlavor,
  deleteFlavor,
  findFlavor,
  listFlavors,
} from './operations/flavors/flavors.ts';
import { addKeypair, deleteKeypair, findKeypair, listKeypairs } from './operations/keypairs/keypairs.ts';
import {
  createServerGroup,
  deleteServerGroup,
  findServerGroup,
  listServerGroups,
} from './operations/server-groups/server-groups.ts';
import type { Services } from './operations/engine/services.ts';

/** Joins the pages of what instances are created from to their operations. */
export function createControls(services: Services): CreateControls {
  return {
    flavors: {
      list: (caller) => listFlavors(services, caller),
      flavor: (caller, id) => findFlavor(services, caller, id),
      create: (flavor) => createFlavor(services, flavor),
      change: (id, change) => changeFlavor(services, id, change),
      remove: (id) => deleteFlavor(services, id),
    },
    keypairs: {
      list: (userId) => listKeypairs(services, userId),
      keypair: (userId, name) => findKeypair(services, userId, name),
      add: (keypair) => addKeypair(services, keypair),
      remove: (userId, name) => deleteKeypair(services, userId, name),
    },
    serverGroups: {
      count: async (projectId) =>
        (await services.store.serverGroups.list()).filter((one) => one.projectId === projectId).length,
      list: (caller, all) => listServerGroups(services, caller, all),
      group: (caller, id) => findServerGroup(services, caller, id),
      create: (caller, group) => createServerGroup(services, caller, group),
      remove: (caller, id) => deleteServerGroup(services, caller, id),
    },
  };
}
