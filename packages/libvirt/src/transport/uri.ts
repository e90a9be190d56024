import { ClientError } from '../errors.ts';

/** Where a libvirt daemon is, and the driver's own URI that it is asked to open. */
export interface LibvirtUri {
  readonly address:
    | { readonly kind: 'unix'; readonly path: string }
    | { readonly kind: 'tcp'; readonly host: string; readonly port: number };
  /** For example `qemu:///system`. */
  readonly driverUri: string;
}

const defaultSocket = '/run/libvirt/libvirt-sock';
const defaultPort = 16_509;

/** Reads a libvirt URI (https://libvirt.org/uri.html). Unix sockets and TCP; TLS and ssh are refused by name. */
export function parseLibvirtUri(uri: string): LibvirtUri {
  const match = /^([a-z]+)(?:\+([a-z0-9]+))?:\/\/([^/?#]*)(\/[^?#]*)?(?:\?([^#]*))?$/i.exec(uri);
  if (match === null) throw unsupported(uri, 'it is not of the form DRIVER[+TRANSPORT]://[HOST[:PORT]]/PATH');
  const [, driver = '', transport, authority = '', path = '/', query = ''] = match;
  // A plus sign is itself here: only forms write spaces so.
  const parameters = new URLSearchParams(query.replaceAll('+', '%2B'));
  for (const name of parameters.keys()) {
    if (name !== 'socket') throw unsupported(uri, `the parameter "${name}" is not known here`);
  }
  const driverUri = `${driver}://${path}`;
  const chosen = transport ?? (authority === '' ? 'unix' : 'tls');
  switch (chosen) {
    case 'unix':
      if (authority !== '') throw unsupported(uri, 'a unix socket has no host');
      // Node would take an empty path for TCP to this host.
      if (parameters.get('socket') === '') throw unsupported(uri, 'the path of the socket is empty');
      return { driverUri, address: { kind: 'unix', path: parameters.get('socket') ?? defaultSocket } };
    case 'tcp':
      if (parameters.has('socket')) throw unsupported(uri, 'TCP has no path of a socket');
      return { driverUri, address: { kind: 'tcp', ...hostAndPort(uri, authority) } };
    default:
      throw unsupported(uri, `the transport "${chosen}" is not built yet; use +tcp or +unix`);
  }
}

function hostAndPort(uri: string, authority: string): { host: string; port: number } {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:@\s]+))(?::(\d{1,5}))?$/i.exec(authority);
  const port = Number(match?.[3] ?? defaultPort);
  if (match === null || port < 1 || port > 65_535)
    throw unsupported(uri, `"${authority}" is no host or host:port`);
  return { host: match[1] ?? match[2] ?? '', port };
}

function unsupported(uri: string, why: string): ClientError {
  return new ClientError('unsupported-uri', `The URI ${uri} cannot be used: ${why}`, { mayHaveRun: false });
}
