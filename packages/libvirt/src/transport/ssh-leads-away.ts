import { execFile } from 'node:child_process';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { CallOptions } from '../rpc/call-options.ts';
import { attempt } from './attempt.ts';
import type { SshAddress } from './libvirt-uri.ts';
import { leadsBack } from './plain-uri.ts';
import { sshReach } from './ssh-command.ts';

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
