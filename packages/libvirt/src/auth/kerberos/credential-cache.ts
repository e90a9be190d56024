import type { KerberosKey } from './message-cipher.ts';
import { KerberosError } from './kerberos-error.ts';

/** A name in Kerberos: of a person `['alice']`, of a service `['libvirt', 'compute11.example.org']`. */
export interface Principal {
  readonly nameType: number;
  readonly names: readonly string[];
  readonly realm: string;
}

/** A ticket with its session key. */
export interface Ticket {
  readonly client: Principal;
  readonly server: Principal;
  readonly key: KerberosKey;
  /** As the key server sealed it. */
  readonly bytes: Buffer;
}

/** Format 4, the only one that MIT Kerberos has written since 1.0 unless it is told otherwise. */
const formatFour = 0x05_04;

/** Reads the tickets of a FILE cache (MIT's "Credential cache file format"). Throws KerberosError. */
export function readCredentialCache(bytes: Buffer): Ticket[] {
  try {
    return readTickets(new CacheReader(bytes));
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new KerberosError('the cache of tickets is cut short, or is none of format 4', { cause });
  }
}

function readTickets(reader: CacheReader): Ticket[] {
  if (reader.uint16() !== formatFour) throw new RangeError('another format');
  reader.skip(reader.uint16());
  readPrincipal(reader);
  const tickets: Ticket[] = [];
  while (!reader.atEnd) {
    const ticket = readTicket(reader);
    // Settings of the cache itself are kept as tickets of a realm that cannot be.
    if (ticket.server.realm !== 'X-CACHECONF:') tickets.push(ticket);
  }
  return tickets;
}

function readTicket(reader: CacheReader): Ticket {
  const [client, server] = [readPrincipal(reader), readPrincipal(reader)];
  const key = { type: reader.uint16(), bytes: reader.data() };
  // Four times, whether its key is another ticket's, flags.
  reader.skip(4 * 4 + 1 + 4);
  for (const _ of ['addresses', 'authorization data']) {
    for (let left = reader.uint32(); left > 0; left -= 1) {
      reader.skip(2);
      reader.data();
    }
  }
  const bytes = reader.data();
  // The other ticket, should there be one.
  reader.data();
  return { client, server, key, bytes };
}

function readPrincipal(reader: CacheReader): Principal {
  const nameType = reader.uint32();
  const count = reader.uint32();
  const realm = reader.data().toString('utf8');
  const names: string[] = [];
  // A count that is a lie ends with the bytes: each name takes four at least.
  for (let left = count; left > 0; left -= 1) names.push(reader.data().toString('utf8'));
  return { nameType, names, realm };
}

/** Big-endian numbers and bytes with their length before them; throws RangeError past the end. */
class CacheReader {
  readonly #bytes: Buffer;
  #offset = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#offset === this.#bytes.length;
  }

  uint16(): number {
    return this.#take(2).readUInt16BE();
  }

  uint32(): number {
    return this.#take(4).readUInt32BE();
  }

  data(): Buffer {
    return this.#take(this.uint32());
  }

  skip(count: number): void {
    this.#take(count);
  }

  #take(count: number): Buffer {
    const end = this.#offset + count;
    if (end > this.#bytes.length) throw new RangeError(`${count} bytes wanted at ${this.#offset}`);
    const taken = this.#bytes.subarray(this.#offset, end);
    this.#offset = end;
    return taken;
  }
}
