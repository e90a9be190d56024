import type { FlavorBody } from '@ferry/api';
import { Command } from '@commander-js/extra-typings';
import { connectToController } from '../connection.ts';
import { print } from '../output/print.ts';
import { formatTable } from '../output/table.ts';
import { clientCommand, wholeNumber } from './client-command.ts';

/** `ferry flavor …`. */
export function addFlavorCommands(program: Command): void {
  const flavor = new Command('flavor')
    .exitOverride()
    .description('flavors, the sizes of instances: create, list, delete');
  flavor.addCommand(
    clientCommand('create')
      .description('make a flavor')
      .argument('<name>')
      .requiredOption('--vcpus <number>', 'processors', wholeNumber(1))
      .requiredOption('--memory <MiB>', 'memory', wholeNumber(1))
      .option('--root-disk <GiB>', 'size of the root disk; 0: as large as the image', wholeNumber(0), 0)
      .option('--id <id>', 'one is made when it is not given')
      .option('--private', 'only projects that it is given to may use it (openstack flavor set --project)')
      .option('--description <text>', 'for people')
      .addHelpText(
        'after',
        '\nExample:\n  ferry flavor create m1.small --vcpus 1 --memory 2048 --root-disk 20\n',
      )
      .action(async (name, options) => {
        const { id, description } = options;
        const made = await connectToController(options).addFlavor({
          name,
          vcpus: options.vcpus,
          memoryMib: options.memory,
          rootGib: options.rootDisk,
          isPublic: options.private !== true,
          ...(id === undefined ? {} : { id }),
          ...(description === undefined ? {} : { description }),
        });
        print(options.output, made, () => formatFlavors([made]));
      }),
  );
  flavor.addCommand(
    clientCommand('list')
      .description('all flavors')
      .action(async (options) => {
        const flavors = await connectToController(options).flavors();
        print(options.output, flavors, () => formatFlavors(flavors));
      }),
  );
  flavor.addCommand(
    clientCommand('delete')
      .description('remove a flavor; instances keep what it was')
      .argument('<flavor>', 'name or id')
      .action(async (name, options) => {
        const gone = await connectToController(options).deleteFlavor(name);
        print(options.output, gone, () => `deleted: ${gone.name}`);
      }),
  );
  program.addCommand(flavor);
}

function formatFlavors(flavors: readonly FlavorBody[]): string {
  return formatTable(
    [
      { heading: 'NAME' },
      { heading: 'ID' },
      { heading: 'VCPUS', align: 'right' },
      { heading: 'MEMORY MiB', align: 'right' },
      { heading: 'ROOT DISK GiB', align: 'right' },
      { heading: 'PUBLIC' },
    ],
    flavors.map((one) => [
      one.name,
      one.id,
      String(one.vcpus),
      String(one.memoryMib),
      one.rootGib === 0 ? 'as the image' : String(one.rootGib),
      one.isPublic ? 'yes' : 'no',
    ]),
  );
}
