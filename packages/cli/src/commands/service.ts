import { Command } from '@commander-js/extra-typings';
import { connectToController } from '../connection.ts';
import { print } from '../output/print.ts';
import { formatServices } from '../output/views.ts';
import { clientCommand } from './client-command.ts';

/** `ferry service list`. */
export function addServiceCommand(program: Command): void {
  const service = new Command('service')
    .exitOverride()
    .description('compute services: whether each host answers');
  service.addCommand(
    clientCommand('list')
      .description('the compute service of every host')
      .action(async (options) => {
        const hosts = await connectToController(options).hosts();
        const services = hosts.map((host) => ({ host: host.name, ...host.service }));
        print(options.output, services, () => formatServices(hosts));
      }),
  );
  program.addCommand(service);
}
