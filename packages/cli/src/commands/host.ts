import { Command } from '@commander-js/extra-typings';
import { connectToController } from '../connection.ts';
import { print } from '../output/print.ts';
import { formatHost, formatHosts } from '../output/views.ts';
import { clientCommand } from './client-command.ts';

/** `ferry host …`. */
export function addHostCommands(program: Command): void {
  const host = new Command('host').exitOverride().description('hosts: add, list, show');
  host.addCommand(
    clientCommand('add')
      .description('take in a plain libvirt host as it is, and list what runs there; changes nothing on it')
      .argument('<uri>', 'libvirt URI as the controller reaches it, for example qemu+tcp://compute11/system')
      .option('--name <name>', 'name here; the host name when not given')
      .option('--peer-uri <uri>', 'libvirt URI as the other hosts reach it, when it is another')
      .action(async (uri, options) => {
        const { name, peerUri } = options;
        const answer = await connectToController(options).addHost({
          uri,
          ...(name === undefined ? {} : { name }),
          ...(peerUri === undefined ? {} : { peerUri }),
        });
        print(options.output, answer, () => formatHost(answer));
      }),
  );
  host.addCommand(
    clientCommand('list')
      .description('all hosts')
      .action(async (options) => {
        const hosts = await connectToController(options).hosts();
        print(options.output, hosts, () => formatHosts(hosts));
      }),
  );
  host.addCommand(
    clientCommand('show')
      .description('one host and what runs on it')
      .argument('<host>', 'name or id')
      .action(async (name, options) => {
        const answer = await connectToController(options).host(name);
        print(options.output, answer, () => formatHost(answer));
      }),
  );
  program.addCommand(host);
}
