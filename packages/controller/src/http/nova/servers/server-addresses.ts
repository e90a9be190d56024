import type { ServerRecord } from '../../../store/instances/server-record.ts';

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
