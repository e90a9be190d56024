import { filterWords } from '@ferry/api';
import { Argument, Command, CommanderError } from '@commander-js/extra-typings';
import { connectToController } from '../connection.ts';
import { print } from '../output/print.ts';
import { formatHost, formatHosts } from '../output/views.ts';
import { clientCommand, givenOf, listCommand, oneOfOption } from './client-command.ts';
import { hostAddCommand, trustedHelp } from './host-add.ts';
import { hostConfigureCommand } from './host-configure.ts';
import { labelOption } from './label-option.ts';
import { mapNetworkOption } from './network-options.ts';
import { allowDirectoryOption, mapPathOption, mapPoolOption } from './storage-options.ts';

/** `ferry host …`. */
export function addHostCommands(program: Command, setExitCode: (code: number) => void): void {
  const host = new Command('host')
    .exitOverride()
    .description('hosts: add, list, show, set, configure, maintenance, remove, fence');
  host.addCommand(hostAddCommand(setExitCode));
  host.addCommand(
    listCommand()
      .description('all hosts, or those that fit all of the options, by name')
      .addOption(oneOfOption('--state <state>', 'whether its libvirtd answers', filterWords.hostStates))
      .addOption(oneOfOption('--status <status>', 'whether it takes new instances', filterWords.hostStatuses))
      .option('--zone <zone>', 'of this availability zone')
      .option('--label <name=value>', 'with this label; NAME alone: whatever its value is')
      .addHelpText('after', '\nExample:\n  ferry host list --state down --zone nova\n')
      .action(async (options) => {
        const { state, status, zone, label, limit } = options;
        const filter = givenOf({ state, status, zone, label });
        const hosts = await connectToController(options).hosts(givenOf({ ...filter, limit }));
        const none = Object.keys(filter).length === 0 ? undefined : 'No host fits that.';
        print(options.output, hosts, () => formatHosts(hosts, none));
      }),
  );
  host.addCommand(
    clientCommand('remove')
      .description('look after a host no more, once no instance is recorded on it; nothing on it is touched')
      .argument('<host>', 'name or id')
      .action(async (name, options) => {
        const answer = await connectToController(options).removeHost(name);
        print(options.output, answer, () => `removed: ${answer.name}`);
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
  host.addCommand(
    clientCommand('set')
      .description('set what an operator knows of a host')
      .argument('<host>', 'name or id')
      .option('--disable', 'it takes no new instances; what is there stays, and can leave')
      .option('--reason <text>', 'why it is disabled')
      .option('--enable', 'it takes new instances again')
      .option('--trusted-copy-address <address>', trustedHelp)
      .option('--no-trusted-copy-address', 'files are copied to it encrypted again')
      .addOption(mapNetworkOption())
      .option('--clear-network-map', 'networks are named there as elsewhere')
      .option('--define-networks', 'networks of libvirt that it lacks are defined there as at the source')
      .option('--no-define-networks', 'they are not, unless a move asks for it')
      .addOption(mapPoolOption())
      .addOption(mapPathOption())
      .option('--clear-storage-map', 'pools and paths are named there as elsewhere')
      .option('--define-pools', 'storage pools that it lacks are defined there as at the source')
      .option('--no-define-pools', 'they are not, unless a move asks for it')
      .option(
        '--remove-unused-images',
        'base images that Ferry brought there go once nothing uses them after a move away',
      )
      .option('--no-remove-unused-images', 'they stay until somebody removes them')
      .option(
        '--image-directory <path>',
        'where disks of instances that are created there stand, with the images that they stand on',
      )
      .option('--no-image-directory', 'in its pool "default", or where libvirt has images')
      .option(
        '--screen-address <address>',
        'its address on an isolated network: screens of guests that are made there or come there listen on it',
      )
      .option('--screen-tls', 'they speak VNC within TLS there: vnc_tls in its qemu.conf')
      .option('--no-screen-tls', 'they speak plain VNC there')
      .option('--no-screen-address', 'they listen on its loopback, which takes its shell to be reached')
      .addOption(labelOption('what it can be chosen by; all of them, in place of those before'))
      .option('--clear-labels', 'it has no labels')
      .addOption(allowDirectoryOption())
      .option('--no-allow-directory', 'only where its pools and guests have files')
      .addHelpText(
        'after',
        '\nExamples:\n  ferry host set compute12 --disable --reason "new memory"\n  ferry host set compute12 --map-network br-lan=br0\n  ferry host set compute12 --map-path /var/lib/libvirt/images=/srv/images\n  ferry host set compute12 --remove-unused-images\n  ferry host set compute12 --allow-directory /srv/images --allow-directory /mnt/vms\n',
      )
      .action(async (name, options) => {
        const { trustedCopyAddress, reason } = options;
        if (options.disable === true && options.enable === true)
          throw new CommanderError(2, 'ferry.usage', '--disable and --enable exclude each other');
        // What was not said stays as it is.
        const answer = await connectToController(options).setHost(name, {
          ...(options.disable === true ? { status: 'disabled' } : {}),
          ...(options.enable === true ? { status: 'enabled' } : {}),
          ...(reason === undefined ? {} : { disabledReason: reason }),
          ...(trustedCopyAddress === undefined
            ? {}
            : { trustedCopyAddress: trustedCopyAddress === false ? null : trustedCopyAddress }),
          ...(Object.keys(options.mapNetwork).length === 0 ? {} : { networkMap: options.mapNetwork }),
          ...(options.clearNetworkMap === true ? { networkMap: {} } : {}),
          ...(Object.keys(options.mapPool).length === 0 ? {} : { poolMap: options.mapPool }),
          ...(Object.keys(options.mapPath).length === 0 ? {} : { pathMap: options.mapPath }),
          ...(options.clearStorageMap === true ? { poolMap: {}, pathMap: {} } : {}),
          ...(options.definePools === undefined ? {} : { definePools: options.definePools }),
          ...(options.defineNetworks === undefined ? {} : { defineNetworks: options.defineNetworks }),
          ...(options.removeUnusedImages === undefined
            ? {}
            : { removeUnusedImages: options.removeUnusedImages }),
          ...(options.allowDirectory === undefined
            ? {}
            : {
                allowedDirectories: options.allowDirectory === false ? [] : [options.allowDirectory].flat(),
              }),
          ...(Object.keys(options.label).length === 0 ? {} : { labels: options.label }),
          ...(options.clearLabels === true ? { labels: {} } : {}),
          ...(options.screenTls === undefined ? {} : { screenTls: options.screenTls }),
          ...(options.screenAddress === undefined
            ? {}
            : { screenAddress: options.screenAddress === false ? null : options.screenAddress }),
          ...(options.imageDirectory === undefined
            ? {}
            : { imageDirectory: options.imageDirectory === false ? null : options.imageDirectory }),
        });
        print(options.output, answer, () => formatHosts([answer]));
      }),
  );
  host.addCommand(hostConfigureCommand(setExitCode));
  host.addCommand(maintenanceCommand());
  host.addCommand(
    clientCommand('fence')
      .description(
        'a host that does not answer is powered off by the hook of `ferry serve --fence-hook`, or is off because you say so; its instances can then be evacuated',
      )
      .argument('<host>', 'name or id')
      .option('--powered-off', 'you have powered it off yourself, and it stays off')
      .addHelpText(
        'after',
        '\nExamples:\n  ferry host fence compute11\n  ferry host fence compute11 --powered-off\n',
      )
      .action(async (name, options) => {
        const client = connectToController(options);
        const answer = await client.fenceHost(name, { poweredOff: options.poweredOff === true });
        print(
          options.output,
          answer,
          () =>
            `${answer.name} is off, says ${answer.fence?.by ?? 'nobody'}\nits instances: ferry evacuate INSTANCE`,
        );
      }),
  );
  program.addCommand(host);
}

/** `ferry host maintenance HOST on|off`. */
function maintenanceCommand(): Command {
  return clientCommand('maintenance')
    .description(
      'on: it takes no instance by any way, what is there stays and can leave; off: it takes instances again',
    )
    .argument('<host>', 'name or id')
    .addArgument(new Argument('<on|off>').choices(['on', 'off'] as const))
    .option('--reason <text>', 'why, with on')
    .addHelpText(
      'after',
      '\nExamples:\n  ferry host maintenance compute12 on --reason "new memory"\n  ferry host maintenance compute12 off\n',
    )
    .action(async (name, word, options) => {
      const { reason } = options;
      if (word === 'off' && reason !== undefined)
        throw new CommanderError(2, 'ferry.usage', '--reason goes with on, and with nothing else');
      const maintenance = word === 'off' ? null : reason === undefined ? {} : { reason };
      const answer = await connectToController(options).setHost(name, { maintenance });
      print(options.output, answer, () => formatHosts([answer]));
    }) as unknown as Command;
}
