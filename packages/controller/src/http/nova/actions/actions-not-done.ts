import { NovaFault } from '../nova-fault.ts';
import type { ServerAction } from './server-action.ts';

/** What Nova does to servers and Ferry does not, and what to do in its place. */
const why: Readonly<Record<string, string>> = {
  rebuild: 'servers are not rebuilt: create another from the image, and delete this one',
  rescue: 'servers are not rescued: attach the disk to another guest by libvirt',
  unrescue: 'servers are not rescued',
  shelve: 'servers are not shelved: stop it',
  shelveOffload: 'servers are not shelved: stop it',
  unshelve: 'servers are not shelved',
  restore: 'deleted servers are gone: there is no soft deletion',
  createImage: 'no images are made of servers: upload one',
  createBackup: 'no backups are made of servers',
  changePassword: 'passwords of guests are not changed: do it in the guest',
  trigger_crash_dump: 'guests are not made to crash',
  addFixedIp: 'there are no ports, and no address management',
  removeFixedIp: 'there are no ports, and no address management',
  addFloatingIp: 'there are no floating addresses',
  removeFloatingIp: 'there are no floating addresses',
  resetNetwork: 'it is of another hypervisor than libvirt',
  injectNetworkInfo: 'it is of another hypervisor than libvirt',
};

/** The actions of Nova that Ferry answers with 501 and the reason, after it has looked for the server as for every other. */
export const actionsNotDone: readonly ServerAction[] = Object.entries(why).map(([key, reason]) => ({
  key,
  bodyOf: () => null,
  role: 'member',
  policy: `servers:${key}`,
  heedsLock: false,
  run: () => Promise.reject(new NovaFault(501, `${key} is not done by Ferry: ${reason}.`)),
}));
