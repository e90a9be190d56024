import { readFileSync, statSync } from 'node:fs';
import { type Command, CommanderError } from '@commander-js/extra-typings';
import { connectToController } from '../connection.ts';
import { exitCodes } from '../exit-codes.ts';
import { formatInventoryResults } from '../output/inventory-views.ts';
import { print } from '../output/print.ts';
import { formatHost } from '../output/views.ts';
import { clientCommand, type ClientOptions } from './client-command.ts';
import { addFromInventory } from './inventory/add-from-inventory.ts';
import { type Inventory, readInventory } from './inventory/inventory.ts';
import { labelOption } from './label-option.ts';

export const trustedHelp =
  'its address on a network that you trust: files are copied there from host to host without encryption';
const maxBytes = 4 * 1024 * 1024;

const examples = `
Examples:
  ferry host add qemu+ssh://root@compute11/system --label rack=a3
  ferry host add --from hosts.yaml --dry-run
  ferry host add --from /etc/ansible/hosts

A file in YAML:
  defaults: { transport: ssh, user: root, sshIdentity: env:FERRY_SSH_KEY }
  hosts:
    - { name: compute11, address: 10.0.0.11, group: rack-a, labels: { disk: nvme } }
    - { name: compute12, uri: qemu+tls://compute12/system }
`;

/** `ferry host add`: one host by its URI, or all of a file. */
export function hostAddCommand(setExitCode: (code: number) => void): Command {
  return clientCommand('add')
    .description('take in plain libvirt hosts as they are, and list what runs there; changes nothing on them')
    .argument('[uri]', 'libvirt URI as the controller reaches it, for example qemu+tcp://compute11/system')
    .option('--name <name>', 'name here; the host name when not given')
    .option('--peer-uri <uri>', 'libvirt URI as the other hosts reach it, when it is another')
    .option('--trusted-copy-address <address>', trustedHelp)
    .addOption(labelOption('what it can be chosen by later; may be given again'))
    .option('--from <file>', 'all hosts of a file: YAML, or an inventory of Ansible (INI)')
    .option('--dry-run', 'ask each host and say what would be added; nothing is written')
    .addHelpText('after', examples)
    .action(async (uri, options) => {
      const { from, name, peerUri, trustedCopyAddress, label } = options;
      const ofOne = [name, peerUri, trustedCopyAddress].some((one) => one !== undefined);
      const isOneAsked = uri !== undefined;
      if (isOneAsked === (from !== undefined))
        throw new CommanderError(2, 'ferry.usage', 'either a URI or --from FILE is wanted');
      if (from !== undefined && (ofOne || Object.keys(label).length > 0))
        throw new CommanderError(
          2,
          'ferry.usage',
          '--name, --peer-uri, --trusted-copy-address and --label are said in the file of --from',
        );
      if (from !== undefined)
        return addAll(from, { ...options, dryRun: options.dryRun === true }, setExitCode);
      const answer = await connectToController(options).addHost({
        uri: uri ?? '',
        ...(name === undefined ? {} : { name }),
        ...(peerUri === undefined ? {} : { peerUri }),
        ...(trustedCopyAddress === undefined ? {} : { trustedCopyAddress }),
        ...(Object.keys(label).length === 0 ? {} : { labels: label }),
        ...(options.dryRun === true ? { dryRun: true } : {}),
      });
      const next = options.dryRun === true ? 'nothing was written' : 'next: ferry doctor';
      print(options.output, answer, () => `${formatHost(answer)}\n\n${next}`);
    }) as unknown as Command;
}

async function addAll(
  file: string,
  options: ClientOptions & { readonly dryRun: boolean },
  setExitCode: (code: number) => void,
): Promise<void> {
  const { hosts, problems, notes } = inventoryOf(file);
  for (const { line, text } of notes) process.stderr.write(`${file}:${line}: ${text}\n`);
  if (problems.length > 0) {
    const list = problems.map(({ line, text }) => `  ${line === 0 ? '' : `line ${line}: `}${text}`);
    throw new CommanderError(
      2,
      'ferry.usage',
      `${file} is not good, and no host was added:\n${list.join('\n')}`,
    );
  }
  const results = await addFromInventory(connectToController(options), hosts, options.dryRun);
  print(options.output, results, () => formatInventoryResults(results));
  const bad = results.filter(({ result }) => result === 'failed' || result === 'differs');
  if (bad.length > 0) setExitCode(exitCodes.failed);
}

function inventoryOf(file: string): Inventory {
  try {
    if (statSync(file).size > maxBytes)
      throw new CommanderError(2, 'ferry.usage', `${file} has more than ${maxBytes} bytes`);
    return readInventory(file, readFileSync(file, 'utf8'), process.env);
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) throw error;
    throw new CommanderError(2, 'ferry.usage', `${file} cannot be read: ${error.message}`);
  }
}
