import { Command } from '@commander-js/extra-typings';
import { connectToController } from '../connection.ts';
import { formatImages } from '../output/storage-views.ts';
import { print } from '../output/print.ts';
import { clientCommand } from './client-command.ts';

/** `ferry image …`. */
export function addImageCommands(program: Command): void {
  const image = new Command('image')
    .exitOverride()
    .description('base images that disks stand on: list, remove');
  image.addCommand(
    clientCommand('list')
      .description('base images, who uses them, and whether Ferry brought them')
      .option('--host <host>', 'name or id; all hosts when not given')
      .addHelpText('after', '\nExample:\n  ferry image list --host compute12\n')
      .action(async (options) => {
        const client = connectToController(options);
        const hosts =
          options.host === undefined ? (await client.hosts()).map(({ name }) => name) : [options.host];
        const images = (await Promise.all(hosts.map((host) => client.images(host)))).flat();
        print(options.output, images, () => formatImages(images));
      }),
  );
  image.addCommand(
    clientCommand('remove')
      .description('remove a base image; refused, with their names, while anything stands on it')
      .argument('<path>', 'as `ferry image list` shows it')
      .requiredOption('--host <host>', 'name or id')
      .addHelpText(
        'after',
        '\nExample:\n  ferry image remove /var/lib/libvirt/images/_base/debian-12.qcow2 --host compute12\n',
      )
      .action(async (path, options) => {
        const removed = await connectToController(options).removeImage(options.host, path);
        print(options.output, removed, () => `removed from ${removed.host}: ${removed.path}`);
      }),
  );
  program.addCommand(image);
}
