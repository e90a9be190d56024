import type { LibvirtUri } from './libvirt-uri.ts';
import { sshReach } from './ssh-command.ts';

/** A program of this machine and its arguments. */
export interface ShellCommand {
  readonly file: string;
  readonly args: readonly string[];
}

/**
 * How a Bourne shell on the daemon's own host is made to run a command: over ssh where the URI says so, here for the usual
 * socket of this machine. Null where the URI gives no shell; a socket at another path may lead anywhere, and a host that
 * ssh would believe unseen is none to run commands on.
 */
export function shellCommand({ address }: LibvirtUri, command: string): ShellCommand | null {
  if (address.kind === 'unix') return address.socket === null ? { file: 'sh', args: ['-c', command] } : null;
  if (address.kind !== 'ssh' || address.hostKeys !== 'known') return null;
  return { file: address.command ?? 'ssh', args: [...sshReach(address), command] };
}
