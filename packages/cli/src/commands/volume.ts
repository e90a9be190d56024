import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { connectToController } from '../connection.ts';
import { print } from '../output/print.ts';
import { formatVolume, formatVolumes } from '../output/storage-views.ts';
import { clientCommand } from './client-command.ts';
import { addVolumeTypeCommands } from './volume-type.ts';

const createExamples = `
Examples:
  ferry volume create data --pool default --host compute11 --size 20G
  ferry volume create archive --pool nfs --volume archive.qcow2 --host compute11 --host compute12
  ferry volume create web --source nbd://san1/web
  ferry volume create db --source iscsi://san1/iqn.2026-01.example:disks/1 --auth-user web --secret san
  ferry volume create log --source rbd://mon1,mon2/vms/log --auth-user libvirt --secret ceph-key

Give it to a server, and take it back:
  openstack server add volume SERVER data
  openstack server remove volume SERVER data
`;

/** `ferry volume …`. */
export function addVolumeCommands(program: Command): void {
  const volume = new Command('volume')
    .exitOverride()
    .description('volumes, disks that instances can be given: create, list, show, set, delete, type');
  addCreateCommand(volume);
  addVolumeTypeCommands(volume);
  volume.addCommand(
    clientCommand('list')
      .description('all volumes, and who has them')
      .action(async (options) => {
        const volumes = await connectToController(options).volumes();
        print(options.output, volumes, () => formatVolumes(volumes));
      }),
  );
  volume.addCommand(
    clientCommand('show')
      .description('one volume')
      .argument('<volume>', 'name or id')
      .action(async (name, options) => {
        const found = await connectToController(options).volume(name);
        print(options.output, found, () => formatVolume(found));
      }),
  );
  volume.addCommand(
    clientCommand('set')
      .description('say anew which hosts have a volume, and what it is called')
      .argument('<volume>', 'name or id')
      .option('--name <name>', 'another name')
      .option('--description <text>', 'for people')
      .option('--host <host>', 'all hosts whose pools have it, one each time; each must show it', collect, [])
      .addHelpText('after', '\nExample:\n  ferry volume set archive --host compute11 --host compute13\n')
      .action(async (volumeName, options) => {
        const { name, description, host } = options;
        const after = await connectToController(options).setVolume(volumeName, {
          ...(name === undefined ? {} : { name }),
          ...(description === undefined ? {} : { description }),
          ...(host.length === 0 ? {} : { hosts: host }),
        });
        print(options.output, after, () => formatVolume(after));
      }),
  );
  volume.addCommand(
    clientCommand('delete')
      .description('take a volume out of the catalogue; what Ferry made is removed, all else only forgotten')
      .argument('<volume>', 'name or id')
      .option('--with-content', 'remove it from its pool also where Ferry did not make it')
      .action(async (name, options) => {
        const gone = await connectToController(options).deleteVolume(name, options.withContent === true);
        print(options.output, gone, () => `deleted: ${gone.name}`);
      }),
  );
  program.addCommand(volume);
}

function addCreateCommand(volume: Command): void {
  volume.addCommand(
    clientCommand('create')
      .description('make a volume known, or make one in a pool')
      .argument('<name>')
      .option('--pool <pool>', 'storage pool of libvirt that has it')
      .option('--volume <volume>', 'its name in the pool; with --size one is made when it is not given')
      .option(
        '--host <host>',
        'whose pool has it, by name or id; again for each host that has the same one',
        collect,
        [],
      )
      .option('--size <size>', 'make it, sparse, with this size: 20G, 512M', readSize)
      .addOption(
        new Option(
          '--format <format>',
          'how it is laid out: of one that is there raw, unless you say qcow2; of a new one qcow2 in files',
        ).choices(['raw', 'qcow2'] as const),
      )
      .option('--source <address>', 'a disk on the network: nbd://…, iscsi://…, rbd://… or rbd:…')
      .option('--auth-user <user>', 'whom to name to its server')
      .option(
        '--secret <secret>',
        "the hosts' libvirt secret with the password: uuid, or what it is used for",
      )
      .option('--shareable', 'several instances may have it at once')
      .option('--project <project>', 'whose it is, by name or id; else the first project')
      .option('--description <text>', 'for people')
      .addHelpText('after', createExamples)
      .action(async (name, options) => {
        const {
          pool,
          volume: inPool,
          host,
          size,
          format,
          source,
          authUser,
          secret,
          project,
          description,
        } = options;
        const made = await connectToController(options).addVolume({
          name,
          ...(pool === undefined ? {} : { pool }),
          ...(inPool === undefined ? {} : { volume: inPool }),
          ...(host.length === 0 ? {} : { hosts: host }),
          ...(size === undefined ? {} : { sizeBytes: size }),
          ...(format === undefined ? {} : { format }),
          ...(source === undefined ? {} : { source }),
          ...(authUser === undefined ? {} : { authUser }),
          ...(secret === undefined ? {} : { secret }),
          ...(options.shareable === true ? { shareable: true } : {}),
          ...(project === undefined ? {} : { project }),
          ...(description === undefined ? {} : { description }),
        });
        print(options.output, made, () => formatVolume(made));
      }),
  );
}

/** One more of an option that may be given again. */
function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

const units: Readonly<Record<string, number>> = { M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 };

/** `20G` is 20 GiB; a bare number is GiB, as in the OpenStack clients. */
function readSize(text: string): number {
  const [, number, unit] = /^(\d+)([MGT]?)(?:iB)?$/.exec(text) ?? [];
  const bytes = Number(number) * (units[unit === '' ? 'G' : (unit ?? '')] ?? Number.NaN);
  if (!Number.isSafeInteger(bytes) || bytes < 1)
    throw new InvalidArgumentError('a size such as 20G, 512M or 1T is wanted.');
  return bytes;
}
