import { BlockList, isIP } from 'node:net';
import { ClientError } from '../errors.ts';
import { splitUri, UriParameters, type UriParts } from './split-uri.ts';
import { parseLibvirtUri } from './uri.ts';

/** Transports of a plain URI; without one it is tls where there is a host. */
const transports = ['tcp', 'tls', 'ssh'];
/** Parameters that name neither file nor program of any machine, and make nobody believed who is not. */
const harmless = ['mode', 'proxy', 'no_tty'];

/** What a plain URI is made of: without percent signs there is one way to read it, for whoever reads it. */
const alphabet = /^[\w+:/@.[\]?&=-]*$/;
const userName = /^\w[\w.@-]{0,127}$/;
const label = String.raw`[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?`;
const hostName = new RegExp(`^(?=.{1,253}$)${label}(?:\\.${label})*\\.?$`, 'i');
/** Which resolvers take for an address, in one of its many spellings (inet_aton). */
const numberLike = /(?:^|\.)(?:0x[0-9a-f]*|\d+)\.?$/i;
const loopbackName =
  /(?:^|\.)localhost\.?$|^localhost[46]?(?:\.localdomain[46]?)?\.?$|^ip6-(?:localhost|loopback)$/i;

/** Addresses that lead back to who dials them. An IPv4 address within IPv6 counts as the former. */
const back = new BlockList();
back.addSubnet('0.0.0.0', 8, 'ipv4');
back.addSubnet('127.0.0.0', 8, 'ipv4');
back.addAddress('::', 'ipv6');
back.addAddress('::1', 'ipv6');

/**
 * Why a URI is not plain; empty when it is. A plain URI leads to libvirtd of another machine by TCP, TLS or ssh, says by
 * its user, host and port alone where that is, and names no file, program or socket: whoever may only add hosts gains
 * nothing by it on the machine that uses it. It is libvirt's own form (https://libvirt.org/uri.html), and a part of it:
 * `qemu[+tcp|+tls|+ssh]://[USER@]HOST[:PORT]/system[?mode=…&proxy=…&no_tty=…]`.
 */
export function whyNotPlain(uri: string): readonly string[] {
  try {
    const parts = splitUri(uri, refuse);
    const reasons = [
      ...whyNotWay(parts),
      ...whyNotPlace(parts),
      ...whyNotParameters(new UriParameters(parts.query, refuse)),
      ...(alphabet.test(uri) ? [] : ['it has signs other than letters, digits and _ + : / @ . [ ] ? & = -']),
    ];
    if (reasons.length === 0) parseLibvirtUri(uri);
    return reasons;
  } catch (error) {
    if (error instanceof ClientError) return [error.message];
    throw error;
  }
}

const refuse = (why: string): ClientError => new ClientError('unsupported-uri', why, { mayHaveRun: false });

/** Whether an address leads back to the machine that dials it: loopback, and "any" (which Linux takes for loopback). */
export function leadsBack(address: string): boolean {
  const plain = address.replace(/%.*$/, '');
  const version = isIP(plain);
  return version !== 0 && back.check(plain, version === 4 ? 'ipv4' : 'ipv6');
}

function whyNotWay({ driver, transport, host, path }: UriParts): string[] {
  const way = transport ?? (host === null ? 'unix' : 'tls');
  return [
    ...(driver === 'qemu' ? [] : [`its driver is "${driver ?? ''}" and not qemu`]),
    ...(transports.includes(way)
      ? []
      : [
          way === 'unix'
            ? 'it means a unix socket of the machine that uses it'
            : `its transport is "${way}" and none of ${transports.join(', ')}`,
        ]),
    ...(path === '/system' ? [] : [`its path is "${path}" and not /system`]),
  ];
}

function whyNotPlace({ user, host, transport }: UriParts): string[] {
  const users =
    user === null || userName.test(user)
      ? []
      : [
          `its user "${user}" does not begin with a letter or digit, or has signs other than those and _ . @ -`,
        ];
  if (host === null)
    return transport === null || transport === 'unix' ? users : [...users, 'it names no host'];
  return [...users, ...whyNotHost(host)];
}

function whyNotHost(host: string): string[] {
  const isAddress = isIP(host) !== 0;
  if (loopbackName.test(host) || leadsBack(host))
    return [`its host ${host} is the loopback of the machine that uses it`];
  if (isAddress) return [];
  if (numberLike.test(host))
    return [`its host "${host}" is neither a name nor an address as usually written`];
  if (!hostName.test(host))
    return [`its host "${host}" is no name of letters, digits, "_", "-" and dots that begins with no "-"`];
  return [];
}

function whyNotParameters(parameters: UriParameters): string[] {
  const strangers = parameters.names.filter((name) => !harmless.includes(name));
  return strangers.map((name) => `it has the parameter "${name}", and only ${harmless.join(', ')} are plain`);
}
