import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Networks that no receiver is in: this host, this link, clouds' metadata services, and addresses of many. */
const refused: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  // Alibaba's metadata service; those of all others are link-local.
  ['100.100.100.200', 32],
  ['192.0.0.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['::', 128],
  ['::1', 128],
  ['fe80::', 10],
  ['ff00::', 8],
  // AWS's metadata service by IPv6.
  ['fd00:ec2::254', 128],
];

/**
 * Where webhooks are not sent, unless the owner of the controller allows it by name: its own machine and whatever answers
 * there because it is near. Private networks are where receivers are, and are not among them.
 */
export class RefusedAddresses {
  readonly #refused = listOf(refused.map(([address, prefix]) => `${address}/${prefix}`));
  readonly #allowed: BlockList;
  readonly #ownAddresses: () => readonly string[];

  /**
   * `allowed`: addresses and networks, `127.0.0.1` or `10.0.0.0/8`. `ownAddresses`: those of this machine, asked each time, as
   * they change.
   */
  constructor(allowed: readonly string[] = [], ownAddresses = addressesOfMachine) {
    this.#allowed = listOf(allowed);
    this.#ownAddresses = ownAddresses;
  }

  /** Whether nothing is sent to an address; whatever is none is refused. */
  has(address: string): boolean {
    const plain = withoutMapping(address);
    const family = isIP(plain);
    if (family === 0) return true;
    const kind = family === 6 ? 'ipv6' : 'ipv4';
    const isOwn = listOf(this.#ownAddresses()).check(plain, kind);
    return (isOwn || this.#refused.check(plain, kind)) && !this.#allowed.check(plain, kind);
  }
}

function addressesOfMachine(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.map(({ address }) => address.replace(/%.*$/, ''));
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const one of networks) {
    const [address = '', prefix] = one.split('/');
    const isSix = isIP(address) === 6;
    list.addSubnet(address, Number(prefix ?? (isSix ? 128 : 32)), isSix ? 'ipv6' : 'ipv4');
  }
  return list;
}

/** An IPv4 address within IPv6 is that address: mapped (RFC 4291, 2.5.5.2), or translated by NAT64 (RFC 6052). */
function withoutMapping(address: string): string {
  const plain = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  if (isIP(plain) !== 6) return plain;
  const [high = '', low = ''] = new URL(`http://[${plain}]`).hostname.slice(1, -1).split(':').slice(-2);
  const isWithin = /^\[(?:::ffff:|64:ff9b::)/.test(new URL(`http://[${plain}]`).hostname);
  if (!isWithin) return plain;
  const number = Number.parseInt(high, 16) * 65_536 + Number.parseInt(low, 16);
  return [24, 16, 8, 0].map((bits) => Math.floor(number / 2 ** bits) % 256).join('.');
}
