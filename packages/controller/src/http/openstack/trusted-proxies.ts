import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** Proxies that are believed about whom they speak for: those that an operator named, and nobody else. */
export class TrustedProxies {
  readonly #named = new BlockList();
  readonly #anyNamed: boolean;

  /** Addresses and networks, `10.0.0.1` or `10.0.0.0/24`. Throws for what is neither. */
  constructor(named: readonly string[] = []) {
    this.#anyNamed = named.length > 0;
    for (const one of named) {
      const [address = '', prefix] = one.split('/');
      const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
      if (prefix === undefined) this.#named.addAddress(address, family);
      else this.#named.addSubnet(address, Number(prefix), family);
    }
  }

  /** Whether a request came straight from one of them. */
  brought({ socket }: Pick<IncomingMessage, 'socket'>): boolean {
    return this.#isNamed(withoutMapping(socket.remoteAddress ?? ''));
  }

  /**
   * The address that a request came from; `local` by the controller's own socket. `X-Forwarded-For` is read from its end,
   * to which each proxy adds whom it speaks for, and as far as those who added are named: what stands before that anybody
   * can have made up.
   */
  clientAddress({ socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>): string {
    if (socket.remoteAddress === undefined) return 'local';
    const told = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
    let address = withoutMapping(socket.remoteAddress);
    while (this.#isNamed(address)) {
      const before = withoutMapping(told.pop()?.trim() ?? '');
      if (isIP(before) === 0) break;
      address = before;
    }
    return address;
  }

  #isNamed(address: string): boolean {
    if (!this.#anyNamed) return false;
    const family = isIP(address);
    return family !== 0 && this.#named.check(address, family === 6 ? 'ipv6' : 'ipv4');
  }
}

/** An IPv4 address as a socket of IPv6 shows it is that IPv4 address (RFC 4291, 2.5.5.2). */
function withoutMapping(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}
