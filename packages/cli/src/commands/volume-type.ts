import type { VolumeTypeBody } from '@ferry/api';
import { Command } from '@commander-js/extra-typings';
import { connectToController } from '../connection.ts';
import { print } from '../output/print.ts';
import { formatTable } from '../output/table.ts';
import { clientCommand } from './client-command.ts';

const createExamples = `
Examples:
  ferry volume type create local --pool default --default
  ferry volume type create archive --pool nfs --host compute11 --host compute12 --shared

A project then makes a volume of it:
  openstack volume create --type archive --size 20 data
`;

/** `ferry volume type …`. */
export function addVolumeTypeCommands(volume: Command): void {
  const type = new Command('type')
    .exitOverride()
    .description('volume types, pools that projects may have volumes made in: create, list, delete');
  type.addCommand(
    clientCommand('create')
      .description('name a storage pool for projects to have volumes made in')
      .argument('<name>')
      .requiredOption('--pool <pool>', 'storage pool of libvirt, by the name that its hosts have for it')
      .option(
        '--host <host>',
        'a host whose pool is used, by name or id; again for each; else all that have it',
        (value: string, before: string[]) => [...before, value],
        [] as string[],
      )
      .option('--shared', 'these hosts have one and the same pool (NFS, a cluster file system)')
      .option('--default', 'it is taken where no type is asked for')
      .option('--description <text>', 'for people')
      .addHelpText('after', createExamples)
      .action(async (name, { pool, host, shared, default: isDefault, description, ...options }) => {
        const made = await connectToController(options).addVolumeType({
          name,
          pool,
          hosts: host,
          shared: shared === true,
          isDefault: isDefault === true,
          ...(description === undefined ? {} : { description }),
        });
        print(options.output, made, () => formatTypes([made]));
      }),
  );
  type.addCommand(
    clientCommand('list')
      .description('all volume types')
      .action(async (options) => {
        const types = await connectToController(options).volumeTypes();
        print(options.output, types, () => formatTypes(types));
      }),
  );
  type.addCommand(
    clientCommand('delete')
      .description('forget a volume type; its volumes stay')
      .argument('<type>', 'name or id')
      .action(async (name, options) => {
        const gone = await connectToController(options).deleteVolumeType(name);
        print(options.output, gone, () => `deleted: ${gone.name}`);
      }),
  );
  volume.addCommand(type);
}

function formatTypes(types: readonly VolumeTypeBody[]): string {
  return formatTable(
    [
      { heading: 'NAME' },
      { heading: 'POOL' },
      { heading: 'HOSTS' },
      { heading: 'SHARED' },
      { heading: 'DEFAULT' },
      { heading: 'ID' },
    ],
    types.map((one) => [
      one.name,
      one.pool,
      one.hosts.join(', ') || 'all that have it',
      one.shared ? 'yes' : 'no',
      one.isDefault ? 'yes' : 'no',
      one.id,
    ]),
  );
}
