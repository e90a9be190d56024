import { isIPv4, isIPv6, SocketAddress } from 'node:net';
import type { InstanceProfile } from '@ferry/model';
import { Type } from 'typebox';
import { NovaFault } from '../nova-fault.ts';

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
