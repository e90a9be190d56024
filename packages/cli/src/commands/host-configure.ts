import type { ConfiguredBody, ConfigureHostBody } from '@ferry/api';
import { type Command, CommanderError, Option } from '@commander-js/extra-typings';
import { askFirst } from '../ask-first.ts';
import { connectToController } from '../connection.ts';
import { exitCodes } from '../exit-codes.ts';
import { formatConfigured, formatProofs } from '../output/configure-views.ts';
import { print } from '../output/print.ts';
import { formatRequests, readSigned, writeRequests } from './certificate-files.ts';
import { clientCommand } from './client-command.ts';

const transports = ['tls', 'tcp', 'ssh'] as const;

const examples = `
Examples:
  ferry host configure compute11 compute12 --transport tls --dry-run
  ferry host configure compute11 compute12 --transport tls
  ferry host configure compute11 --transport tls --rotate --yes       new certificates
  ferry host configure compute11 --transport ssh                      certificates for migrations alone
  ferry host configure compute11 compute12 --csr ./requests           an authority of your own: its requests,
  ferry host configure compute11 compute12 --certificates ./signed    and what it has signed
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
    .option(
      '--csr <directory>',
      'have keys made on the hosts, which stay there, and write requests of certificates into that directory; nothing else is done',
    )
    .option(
      '--certificates <directory>',
      "take what an authority of one's own has signed for those requests: ca.crt, and HOST-ROLE.crt beside it",
    )
    .option('--dry-run', 'only say what would be done')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', examples)
    .action(async (hosts, options) => {
      const client = connectToController(options);
      const { transport } = options;
      if (options.csr !== undefined) {
        if (options.certificates !== undefined)
          throw new CommanderError(2, 'ferry.usage', '--csr and --certificates are two steps: one at a time');
        const { csr, rotate } = options;
        const written = await writeRequests(client, hosts, csr, rotate === true);
        return print(options.output, written, () => formatRequests(written));
      }
      const bodyOf = (host: string): ConfigureHostBody => ({
        ...body,
        ...(options.certificates === undefined
          ? {}
          : { certificates: readSigned(options.certificates, host) }),
      });
      const body = {
        transport,
        ...(options.rotate === true ? { rotate: true } : {}),
        ...(options.replaceAuthority === true ? { replaceAuthority: true } : {}),
      };
      const planned: ConfiguredBody[] = [];
      // All of them first: what is wrong with one is known before another is changed.
      for (const host of hosts)
        planned.push(await client.configureHost(host, { ...bodyOf(host), dryRun: true }));
      if (options.dryRun === true) return print(options.output, planned, () => formatConfigured(planned));
      const sentence = formatConfigured(planned);
      const isNeeded = planned.some(({ result }) => result === 'planned');
      if (isNeeded && !(await askFirst(sentence, options.yes === true)))
        throw new CommanderError(1, 'ferry.usage', 'nothing was changed');
      const done: ConfiguredBody[] = [];
      for (const host of hosts) done.push(await client.configureHost(host, bodyOf(host)));
      print(options.output, done, () => formatProofs(done));
      if (done.some(({ proofs }) => proofs.some(({ refusal }) => refusal !== null)))
        setExitCode(exitCodes.failed);
    }) as unknown as Command;
}
