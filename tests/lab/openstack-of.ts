import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OpenStackClients } from '../compat/client.ts';
import requireClients from '../compat/set-up.ts';
import type { LabWorld } from './lab-world.ts';

/** OpenStack's own clients in the lab's network, signed in to its controller, which is started anew to listen for them. */
export async function openstackOf(world: LabWorld): Promise<OpenStackClients> {
  requireClients();
  await world.ferry.stop();
  // Loopback of the lab's own network: no other controller can have the port.
  await world.ferry.start('--listen', '127.0.0.1:8774');
  const environment = {
    OS_AUTH_URL: 'http://127.0.0.1:8774/identity/v3',
    OS_USERNAME: 'admin',
    OS_PASSWORD: readFileSync(join(world.ferry.dataDirectory, 'admin.password'), 'utf8').trim(),
    OS_USER_DOMAIN_NAME: 'Default',
    OS_PROJECT_NAME: 'admin',
    OS_PROJECT_DOMAIN_NAME: 'Default',
  };
  return OpenStackClients.startedBy((argv, options) => world.lab.spawnInCtl(argv, options), environment);
}
