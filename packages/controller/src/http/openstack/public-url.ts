import type { FastifyRequest } from 'fastify';
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

/** Where a request came from, for counting failures and for what is written down; `local`: the controller's own socket. */
export function clientAddress(request: FastifyRequest): string {
  return request.server.place.proxies.clientAddress(request.raw);
}

/**
 * The address by which the caller reached Ferry, `http://host:port`, for links and the catalog: what the operator said,
 * or a proxy does that is named (`--trusted-proxy`), or else the request's own `Host`.
 */
export function publicUrl(request: FastifyRequest): string {
  const { publicUrl: said, proxies } = request.server.place;
  if (said !== null) return said.replace(/\/+$/, '');
  const told = proxies.brought(request.raw) ? request.headers : {};
  const protocol = first(told['x-forwarded-proto']) ?? request.protocol;
  const host = first(told['x-forwarded-host']) ?? request.headers.host ?? 'localhost';
  return `${protocol}://${host}`;
}

function first(header: string | string[] | undefined): string | undefined {
  const [value] = [header].flat();
  const text = value?.split(',')[0]?.trim();
  return text === '' ? undefined : text;
}

/** Where the APIs are found, as the catalog tells it, and who is believed about that. */
export interface Endpoint {
  /** By which address clients reach Ferry; null: by whichever a request came. */
  readonly publicUrl: string | null;
  readonly region: string;
  /** Whose `X-Forwarded-…` are read. */
  readonly proxies: TrustedProxies;
  /** Hosts of pages that may show consoles, beside the controller's own: `https://horizon.example.org`. */
  readonly consoleOrigins: readonly string[];
}

declare module 'fastify' {
  interface FastifyInstance {
    place: Endpoint;
  }
}

/** What holds when nothing else is said. */
export const defaultPlace: Endpoint = {
  publicUrl: null,
  region: 'RegionOne',
  proxies: new TrustedProxies(),
  consoleOrigins: [],
};
