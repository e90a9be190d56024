import { ClientError } from '../errors.ts';
import type { Address, LibvirtUri, SshProxy, UriAuth, UriDefaults } from './libvirt-uri.ts';
import { decodePercent, splitUri, UriParameters, type UriParts } from './split-uri.ts';
import { addressOf } from './uri-address.ts';

type Refuse = (why: string) => ClientError;

const everywhere = ['name', 'auth', 'authfile'];
const parametersOf: Readonly<Record<Address['kind'], readonly string[]>> = {
  unix: ['socket', 'mode'],
  tcp: [],
  tls: ['pkipath', 'no_verify', 'no_sanity', 'tls_priority'],
  ssh: 'socket mode proxy command netcat keyfile no_tty no_verify known_hosts known_hosts_verify sshauth'.split(
    ' ',
  ),
  ext: ['command'],
};
const known = new Set([...everywhere, ...Object.values(parametersOf).flat()]);
/** What virt-ssh-helper understands (libvirt 11.3, remote_ssh_helper.c). */
const forHelper = ['mode', 'socket'];

/**
 * Reads a libvirt URI (https://libvirt.org/uri.html), without a look at the network or the disk. An empty one leaves the
 * choice of the driver to the local daemon. Parameters that libvirt does not know go on to the driver; those that do not
 * fit the transport are refused. Throws ClientError `unsupported-uri`.
 */
export function parseLibvirtUri(uri: string, defaults: UriDefaults = {}): LibvirtUri {
  const refuse: Refuse = (why) => unsupported(uri, why);
  const parts = splitUri(uri, refuse);
  const parameters = new UriParameters(parts.query, refuse);
  const kind = transportOf(parts, refuse);
  refuseStrangers(kind, parameters, refuse);
  const ofUser = decodePercent(parts.path, refuse) === '/session';
  const { driver } = parts;
  return {
    address: addressOf(
      kind,
      { ...parts, helperUri: driverUri(parts, parameters, forHelper) },
      parameters,
      defaults,
      refuse,
    ),
    driver: driver === 'remote' ? null : driver,
    session: ofUser || driver === null || driver === 'test',
    driverUri: driverUri(parts, parameters, []),
    user: parts.user,
    auth: authOf(parameters.text('auth'), refuse),
    authfile: parameters.text('authfile'),
    mode: parameters.choice('mode', ['auto', 'legacy', 'direct']) ?? defaults.mode ?? 'auto',
    proxy: proxyOf(parameters, ofUser, defaults.proxy, refuse),
  };
}

/** The URI without what leads to its host, and with those parameters that libvirt does not use up on the way. */
function driverUri({ driver, path }: UriParts, parameters: UriParameters, kept: readonly string[]): string {
  const name = parameters.text('name');
  if (name !== null) return name;
  if (driver === null || driver === 'remote') return '';
  return `${driver}://${path}${parameters.format((parameter) => !known.has(parameter) || kept.includes(parameter))}`;
}

function transportOf({ transport, host }: UriParts, refuse: Refuse): Address['kind'] {
  switch (transport) {
    case null:
      return host === null ? 'unix' : 'tls';
    case 'unix':
    case 'tcp':
    case 'tls':
    case 'ssh':
    case 'ext':
      return transport;
    case 'libssh':
    case 'libssh2':
      throw refuse(`+${transport} is not built here: use +ssh, which runs the ssh of this machine`);
    default:
      throw refuse(`the transport "${transport}" is none of unix, tcp, tls, ssh, ext`);
  }
}

function refuseStrangers(kind: Address['kind'], parameters: UriParameters, refuse: Refuse): void {
  const fitting = [...everywhere, ...parametersOf[kind]];
  const stranger = parameters.names.find((name) => known.has(name) && !fitting.includes(name));
  if (stranger === undefined) return;
  throw refuse(
    `the parameter "${stranger}" has no meaning with ${kind}; those with one are ${fitting.join(', ')}`,
  );
}

function authOf(text: string | null, refuse: Refuse): UriAuth | null {
  const [kind = '', mechanism] = text?.toLowerCase().split(/\.(.*)/s) ?? ['absent'];
  switch (kind) {
    case 'absent':
      return null;
    case 'sasl':
      return { kind, mechanism: mechanism || null };
    case 'polkit':
    case 'none':
      if (mechanism === undefined) return { kind };
  }
  throw refuse(`the parameter "auth" is sasl, sasl.MECHANISM, polkit or none, not "${text}"`);
}

function proxyOf(
  parameters: UriParameters,
  ofUser: boolean,
  usual: SshProxy | undefined,
  refuse: Refuse,
): SshProxy {
  const netcat = parameters.has('netcat');
  const socket = parameters.has('socket');
  // As libvirt chooses: netcat alone can be told a path, virt-ssh-helper alone knows where a user's own daemon is.
  const best = socket || netcat ? 'netcat' : ofUser ? 'native' : 'auto';
  const proxy = parameters.choice('proxy', ['auto', 'netcat', 'native']) ?? usual ?? best;
  if (proxy === 'native' && netcat) throw refuse('"proxy=native" does without "netcat"');
  if (proxy === 'netcat' && ofUser && !socket) {
    throw refuse('netcat must be told the path of a session daemon: add "socket"');
  }
  return proxy === 'auto' ? best : proxy;
}

/** A password that somebody wrote into a URI does not go into messages. */
function unsupported(uri: string, why: string): ClientError {
  const shown = uri.replace(/:\/\/([^/?#@:]*):[^/?#@]*@/, '://$1:***@');
  return new ClientError('unsupported-uri', `The URI ${shown} cannot be used: ${why}`, { mayHaveRun: false });
}
