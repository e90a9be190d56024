import type { ConfiguredBody } from '@ferry/api';
import { type Command, CommanderError, Option } from '@commander-js/extra-typings';
import { askFirst } from '../ask-first.ts';
import { connectToController } from '../connection.ts';
import { exitCodes } from '../exit-codes.ts';
import { formatConfigured, formatProofs } from '../output/configure-views.ts';
import { print } from '../output/print.ts';
import { clientCommand } from './client-command.ts';

const transports = ['tls', 'tcp', 'ssh'] as const;

const examples = `
Examples:
  ferry host configure compute11 compute12 --transport tls --dry-run
  ferry host configure compute11 compute12 --transport tls
  ferry host configure compute11 --transport tls --rotate --yes       new certificates
  ferry host configure compute11 --transport ssh                      certificates for migrations alone
`;

/** `ferry host configure`: certificates, settings and daemons of hosts. */
export function hostConfigureCommand(setExitCode: (code: number) => void): Command {
  return clientCommand('configure')
    .description(
      'give hosts certificates of one authority, for libvirt, migrations and screens, and have the others reach their libvirtd; guests go on, and what cuts a host off is put back',
    )
    .argument('<hosts...>', 'names or ids; each is reached by ssh as root')
    .addOption(
      new Option('--transport <way>', 'how the others reach it: tls; tcp, for labs alone; ssh: as it is')
        .choices(transports)
        .default('tls' as const),
    )
    .option('--rotate', 'new certificates, though those that are there are good')
    .option('--replace-authority', 'though somebody else has put the certificate of an authority there')
    .option('--dry-run', 'only say what would be done')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', examples)
    .action(async (hosts, options) => {
      const client = connectToController(options);
      const { transport } = options;
      const body = {
        transport,
        ...(options.rotate === true ? { rotate: true } : {}),
        ...(options.replaceAuthority === true ? { replaceAuthority: true } : {}),
      };
      const planned: ConfiguredBody[] = [];
      // All of them first: what is wrong with one is known before another is changed.
      for (const host of hosts) planned.push(await client.configureHost(host, { ...body, dryRun: true }));
      if (options.dryRun === true) return print(options.output, planned, () => formatConfigured(planned));
      const sentence = formatConfigured(planned);
      const isNeeded = planned.some(({ result }) => result === 'planned');
      if (isNeeded && !(await askFirst(sentence, options.yes === true)))
        throw new CommanderError(1, 'ferry.usage', 'nothing was changed');
      const done: ConfiguredBody[] = [];
      for (const host of hosts) done.push(await client.configureHost(host, body));
      print(options.output, done, () => formatProofs(done));
      if (done.some(({ proofs }) => proofs.some(({ refusal }) => refusal !== null)))
        setExitCode(exitCodes.failed);
    }) as unknown as Command;
}
