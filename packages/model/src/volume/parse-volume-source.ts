import type { NetworkPlace } from './volume.ts';

/** Ports that libvirt takes where none is told (https://libvirt.org/formatdomain.html#hard-drives-floppy-disks-cdroms). */
export const defaultPorts: Readonly<Record<NetworkPlace['protocol'], number>> = {
  nbd: 10_809,
  iscsi: 3_260,
  rbd: 6_789,
};

const forms =
  'nbd://HOST[:PORT]/EXPORT, iscsi://HOST[:PORT]/IQN/LUN, rbd://MONITOR[:PORT][,MONITOR…]/POOL/IMAGE or rbd:POOL/IMAGE';

/** Reads where a disk on the network is; a text that says why it could not be read. Whom to name to the server is told elsewhere. */
export function parseVolumeSource(text: string): Omit<NetworkPlace, 'auth'> | string {
  const bare = /^rbd:(?!\/)(.+)$/.exec(text)?.[1];
  if (bare !== undefined) return named('rbd', [], bare);
  const found = /^(nbd|iscsi|rbd):\/\/([^/@\s]+)\/(.+)$/.exec(text);
  if (found === null) return `"${text}" is none of these forms: ${forms}`;
  const [, protocol, hosts, name] = found as unknown as [string, NetworkPlace['protocol'], string, string];
  const servers: string[] = [];
  for (const host of hosts.split(',')) {
    const server = serverOf(host, defaultPorts[protocol]);
    if (server === null) return `"${host}" is no HOST or HOST:PORT`;
    servers.push(server);
  }
  if (protocol !== 'rbd' && servers.length > 1)
    return `${protocol} has one server, and "${hosts}" names several`;
  return named(protocol, servers, name);
}

function named(
  protocol: NetworkPlace['protocol'],
  servers: readonly string[],
  name: string,
): Omit<NetworkPlace, 'auth'> | string {
  if (/[\s'"<>&]/.test(name)) return `"${name}" has characters that no name of a disk on the network has`;
  if (protocol === 'iscsi' && !/^[^/]+\/\d+$/.test(name))
    return `"${name}" is no IQN with the number of a unit: iqn.2026-01.example:disks/1`;
  if (protocol === 'rbd' && !/^[^/]+\/.+$/.test(name)) return `"${name}" is no POOL/IMAGE`;
  return { kind: 'network', protocol, name, servers };
}

/** An IPv6 address with a port stands in brackets, as in any URL. */
function serverOf(text: string, defaultPort: number): string | null {
  const [, bracketed, plain, port] = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/i.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined) return null;
  const number = port === undefined ? defaultPort : Number(port);
  return number >= 1 && number <= 65_535 ? `${host}:${number}` : null;
}
