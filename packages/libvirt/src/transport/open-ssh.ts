import { ClientError } from '../errors.ts';
import type { CallOptions } from '../rpc/call-options.ts';
import type { LibvirtUri, SshAddress } from './libvirt-uri.ts';
import { type OpenProgram, openProgram } from './open-program.ts';
import { sshArguments } from './ssh-command.ts';
import { requireSshAway } from './ssh-leads-away.ts';

/**
 * Starts the ssh of this machine, with its user's configuration, keys and agent. It resolves once ssh runs; whether ssh
 * gets through shows at the first answer of the daemon.
 */
export async function openSsh(
  uri: LibvirtUri,
  address: SshAddress,
  options: CallOptions & {
    readonly readOnly: boolean;
    readonly allowUnverified: boolean;
    readonly awayOnly?: boolean | undefined;
  },
): Promise<OpenProgram> {
  const where = `${address.host} over ssh`;
  if (address.hostKeys !== 'known' && !options.allowUnverified) {
    const why =
      'the URI has ssh believe host keys that it does not know. Who wants that says so when connecting: allowUnverifiedSsh: true';
    throw new ClientError('unsupported-uri', `No connection to ${where}: ${why}`, { mayHaveRun: false });
  }
  if (options.awayOnly === true && address.command === null) await requireSshAway(address, options);
  const file = address.command ?? 'ssh';
  const reach = `${address.user === null ? '' : `${address.user}@`}${address.host}`;
  return openProgram(
    {
      file,
      args: sshArguments(uri, address, options.readOnly),
      code: 'ssh-failed',
      remedies: {
        start: 'Install an ssh client, or name one with "command"',
        early: `See whether "${file} ${reach}" gets in by itself: key, agent and known_hosts are those of this user`,
      },
    },
    where,
    options,
  );
}
