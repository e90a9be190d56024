import type { ServerRecord } from '../../../store/instances/server-record.ts';
import { isIPv4, isIPv6, SocketAddress } from 'node:net';
import type { InstanceProfile } from '@ferry/model';
import { Type } from 'typebox';
import { NovaFault } from '../nova-fault.ts';
import { hash } from 'node:crypto';

/** One address of a server. */
export interface ServerAddress {
  readonly network: string;
  readonly version: 4 | 6;
  readonly address: string;
  readonly mac: string;
}

/**
 * The addresses that an instance was given. It is not known which interface has which: they are told at the first one, and at
 * the only one of most.
 */
export function addressesOf({ addresses, devices }: ServerRecord): ServerAddress[] {
  const [first] = devices?.interfaces ?? [];
  return addresses.map((text) => {
    const address = text.split('/')[0] ?? text;
    return {
      network: first?.network ?? 'network',
      version: address.includes(':') ? 6 : 4,
      address,
      mac: first?.mac ?? '',
    };
  });
}

/** By which addresses an owner says that a server is reached. */
export interface AccessAddresses {
  readonly accessIPv4?: string;
  readonly accessIPv6?: string;
}

/** Their form is looked at by `readAccessAddresses`. */
export const accessAddressFields = {
  accessIPv4: Type.Optional(Type.String()),
  accessIPv6: Type.Optional(Type.String()),
};

/** What is said of them, as it is kept; what is not said is not there. Refuses what is no address, all of it at once. */
export function readAccessAddresses({
  accessIPv4: four,
  accessIPv6: six,
}: AccessAddresses): Partial<Pick<InstanceProfile, 'accessIpv4' | 'accessIpv6'>> {
  const wrong = [
    ...(four === undefined || isIPv4(four) ? [] : [problem('accessIPv4', four, 'ipv4')]),
    ...(six === undefined || isIPv6(six) ? [] : [problem('accessIPv6', six, 'ipv6')]),
  ];
  if (wrong.length > 0) throw new NovaFault(400, wrong.join(' '));
  return {
    ...(four === undefined ? {} : { accessIpv4: four }),
    ...(six === undefined ? {} : { accessIpv6: shortened(six) }),
  };
}

/** The one way to write an address of IPv6 (RFC 5952), as Nova keeps it. */
function shortened(address: string): string {
  return new SocketAddress({ address, family: 'ipv6' }).address;
}

function problem(field: string, value: string, format: string): string {
  return `Invalid input for field/attribute server.${field}. Value: ${JSON.stringify(value)}. It is not a '${format}'.`;
}

/** Most servers of a list stand on hosts that others of it do. */
const known = new Map<string, string>();
const maxKnown = 10_000;

/** Nova's opaque name of a host, another one for each project: SHA-224 of both. */
export function hostIdOf(projectId: string, host: string): string {
  const both = `${projectId}${host}`;
  const id = known.get(both) ?? hash('sha224', both);
  if (known.size >= maxKnown) known.clear();
  known.set(both, id);
  return id;
}
