import { systemSocket } from './daemon-socket.ts';
import type { LibvirtUri, SshAddress } from './libvirt-uri.ts';

/**
 * The arguments of ssh. Nothing of the URI reaches a shell other than as one quoted word: on this side there is no shell,
 * and on the far side the script is fixed and takes its words from `"$1"` and on.
 */
export function sshArguments(uri: LibvirtUri, address: SshAddress, readOnly: boolean): string[] {
  return [...sshReach(address), farCommand(uri, address, readOnly)];
}

/** The arguments of ssh that lead to a host; what it shall run there comes behind them. */
export function sshReach(address: SshAddress): string[] {
  const options: [string, string | null][] = [
    ['-p', address.port === null ? null : String(address.port)],
    ['-l', address.user],
    ['-i', address.keyfile],
    ['-o', address.noTty ? 'BatchMode=yes' : null],
    ['-o', strictness[address.hostKeys]],
    [
      '-o',
      address.knownHosts === null ? null : `UserKnownHostsFile=${quoteForSshConfig(address.knownHosts)}`,
    ],
    ['-o', address.methods === null ? null : `PreferredAuthentications=${address.methods.join(',')}`],
  ];
  const given = options.flatMap(([name, value]) => (value === null ? [] : [name, value]));
  return [...given, '-T', '-e', 'none', '--', address.host];
}

const strictness: Readonly<Record<SshAddress['hostKeys'], string | null>> = {
  known: null,
  'accept-new': 'StrictHostKeyChecking=accept-new',
  any: 'StrictHostKeyChecking=no',
};

/** What the far side's login shell, whichever it is, is given to run. */
function farCommand(uri: LibvirtUri, address: SshAddress, readOnly: boolean): string {
  const daemon = uri.mode === 'direct' && uri.driver !== null ? `virt${uri.driver}d` : 'libvirt';
  const socket = address.socket ?? systemSocket(daemon, readOnly);
  const words = [
    uri.proxy,
    readOnly ? '-r' : '',
    address.helperUri,
    address.netcat ?? '',
    socket,
    socket.replaceAll(/[^\w/.-]/g, String.raw`\$&`),
  ];
  return ['sh', '-c', script, 'ferry', ...words].map((word) => quote(word)).join(' ');
}

/**
 * Runs virt-ssh-helper, or else netcat, or else socat, in its own place. Some netcats need -q0 to end with their input;
 * those complain of a missing argument when asked. It holds no single quote.
 */
const script = [
  'proxy=$1 ro=$2 uri=$3 nc=$4 sock=$5 escaped=$6',
  'has() { command -v "$1" >/dev/null 2>&1; }',
  'if [ "$proxy" = native ] || { [ "$proxy" = auto ] && has virt-ssh-helper; }; then exec virt-ssh-helper $ro "$uri"; fi',
  'if [ -z "$nc" ]; then if has nc; then nc=nc; elif has socat; then nc=socat; fi; fi',
  'if [ -z "$nc" ]; then echo "there is none of virt-ssh-helper, nc and socat on this host" >&2; exit 127; fi',
  'case $nc in socat|*/socat) exec "$nc" - "UNIX-CONNECT:$escaped";; esac',
  'if "$nc" -q 2>&1 | grep "requires an argument" >/dev/null 2>&1; then exec "$nc" -q0 -U "$sock"; fi',
  'exec "$nc" -U "$sock"',
].join('\n');

/** One word of any Bourne shell, csh or fish. */
function quote(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** ssh reads the value of an option as a line of its configuration: words, and percent signs that mean something. */
function quoteForSshConfig(path: string): string {
  return `"${path.replaceAll('%', '%%').replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

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
