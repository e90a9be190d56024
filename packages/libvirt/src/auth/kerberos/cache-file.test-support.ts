import type { Principal, Ticket } from './credential-cache.ts';

/** Writes a FILE cache of format 4 as MIT's programs do, settings of its own included. */
export function encodeCredentialCache(owner: Principal, tickets: readonly Ticket[]): Buffer {
  const version = Buffer.from('0504', 'hex');
  // A header of one field: how far the clock of the realm is from ours.
  const header = Buffer.from('000c00010008ffffffff00000000', 'hex');
  const setting: Principal = {
    nameType: 0,
    names: ['krb5_ccache_conf_data', 'fast_avail'],
    realm: 'X-CACHECONF:',
  };
  const none = { type: 0, bytes: Buffer.alloc(0) };
  const all = [{ client: owner, server: setting, key: none, bytes: Buffer.from('yes') }, ...tickets];
  return Buffer.concat([version, header, principal(owner), ...all.map((ticket) => encodeTicket(ticket))]);
}

function encodeTicket({ client, server, key, bytes }: Ticket): Buffer {
  const times = Buffer.alloc(4 * 4 + 1 + 4);
  const addresses = Buffer.concat([number(1), Buffer.from([0, 2]), data(Buffer.from([127, 0, 0, 1]))]);
  const keyType = Buffer.from([key.type >> 8, key.type & 0xff]);
  return Buffer.concat([
    principal(client),
    principal(server),
    keyType,
    data(key.bytes),
    times,
    addresses,
    number(0),
    data(bytes),
    number(0),
  ]);
}

function principal({ nameType, names, realm }: Principal): Buffer {
  const texts = [realm, ...names].map((text) => data(Buffer.from(text)));
  return Buffer.concat([number(nameType), number(names.length), ...texts]);
}

function data(bytes: Uint8Array): Buffer {
  return Buffer.concat([number(bytes.length), bytes]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
