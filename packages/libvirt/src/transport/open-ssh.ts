import { ClientError } from '../errors.ts';
import type { CallOptions } from '../rpc/call-options.ts';
import type { LibvirtUri, SshAddress } from './libvirt-uri.ts';
import { type OpenProgram, openProgram } from './open-program.ts';
import { sshArguments, sshReach } from './ssh-command.ts';
import { execFile } from 'node:child_process';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { attempt } from './attempt.ts';
import { leadsBack } from './plain-uri.ts';

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

/** All that ssh says of its settings for a host is less. */
const maxSettingsBytes = 65_536;

/** Where ssh would connect to, by its own configuration; null: by a program or another host, which the configuration names. */
export function sshDestination(settings: string): string | null {
  const values = new Map(
    settings.split('\n').map((line) => {
      const [name = '', ...value] = line.trim().split(' ');
      return [name.toLowerCase(), value.join(' ')];
    }),
  );
  const isNone = (name: string): boolean => (values.get(name) ?? 'none') === 'none';
  return isNone('proxycommand') && isNone('proxyjump') ? (values.get('hostname') ?? null) : null;
}

/**
 * Throws `connect-failed` where ssh would connect to this machine: it does its own looking up, by its own aliases, so
 * that it is asked for the name it would look up (`ssh -G`). Addresses are judged with the URI. A name whose addresses
 * change between this and ssh's own look is not caught: for that, name hosts by address.
 */
export async function requireSshAway(
  address: SshAddress,
  options: CallOptions,
  resolve: (name: string) => Promise<readonly { readonly address: string }[]> = (name) =>
    lookup(name, { all: true }),
): Promise<void> {
  if (isIP(address.host) !== 0) return;
  await attempt<void>(`No connection to ${address.host} over ssh`, options, ({ done, fail }) => {
    const ends = new AbortController();
    const judge = async (settings: string): Promise<void> => {
      const name = sshDestination(settings);
      // Whom nobody knows ssh will tell itself.
      const found = name === null ? [] : await resolve(name).catch(() => []);
      const addresses = found.map((one) => one.address);
      if (addresses.length === 0 || addresses.some((one) => !leadsBack(one))) return done();
      fail(
        'connect-failed',
        `${name} is ${addresses.join(', ')}, the loopback of this machine, and not another one: see DNS, /etc/hosts and ssh_config, or give its address`,
      );
    };
    execFile(
      'ssh',
      ['-G', ...sshReach(address)],
      { maxBuffer: maxSettingsBytes, signal: ends.signal },
      // Without ssh, or with settings that it does not read, the name itself is judged; the rest ssh will say.
      (error, stdout) => void judge(error === null ? stdout : `hostname ${address.host}`),
    );
    return () => ends.abort();
  });
}
