import { randomBytes, randomInt } from 'node:crypto';
import type { Principal, Ticket } from './credential-cache.ts';
import * as der from './der.ts';
import { KerberosError } from './kerberos-error.ts';
import { type KerberosKey, messageCipher } from './message-cipher.ts';

/** What client and service have agreed on. */
export interface ApAgreement {
  /** Protects what follows. */
  readonly key: KerberosKey;
  /** Whether it is the service's, not the client's. */
  readonly keyIsOfService: boolean;
  /** The numbers that each side's first message carries. */
  readonly clientSequence: number;
  readonly serviceSequence: number;
}

/** Shows a ticket to its service, and has the service show that it could open it (RFC 4120, 3.2: mutual authentication). */
export interface ApExchange {
  /** AP-REQ. */
  readonly request: Buffer;
  /** Takes the AP-REP. Throws KerberosError where it is not an answer to this request by who has the ticket's key. */
  accept(reply: Buffer): ApAgreement;
}

const version = 5;
const messages = { authenticator: 2, request: 14, reply: 15, replyPart: 27 } as const;
/** Key usages of RFC 4120, 7.5.1. */
const uses = { authenticator: 11, replyPart: 12 } as const;
const mutualRequired = 0x2000_0000;

/** Begins an exchange; `checksum` of that type is what the protocol above wants to be sealed with it. */
export function beginApExchange(
  ticket: Ticket,
  checksum: { readonly type: number; readonly bytes: Uint8Array },
  now: Date = new Date(),
): ApExchange {
  const { key, client } = ticket;
  const ourKey = { type: key.type, bytes: randomBytes(key.bytes.length) };
  // Far from where it could be taken for a negative number.
  const clientSequence = randomInt(2 ** 30);
  const time = der.time(now);
  // Two requests of one millisecond are to differ all the same.
  const microseconds = der.integer(now.getUTCMilliseconds() * 1000 + randomInt(1000));
  const authenticator = der.application(
    messages.authenticator,
    der.fields({
      0: der.integer(version),
      1: der.text(client.realm),
      2: encodePrincipal(client),
      3: der.fields({ 0: der.integer(checksum.type), 1: der.octets(checksum.bytes) }),
      4: microseconds,
      5: time,
      6: der.fields({ 0: der.integer(ourKey.type), 1: der.octets(ourKey.bytes) }),
      7: der.integer(clientSequence),
    }),
  );
  return {
    request: encodeRequest(ticket, authenticator),
    accept: (reply) => {
      const part = openReply(reply, key);
      if (!der.isSame(part.get(0), time) || !der.isSame(part.get(1), microseconds)) {
        throw new KerberosError('the service answers another request than this one');
      }
      const theirKey = part.has(2) ? decodeKey(part.get(2)) : null;
      const sequence = part.has(3) ? der.integerOf(part.get(3)) : 0;
      return {
        key: theirKey ?? ourKey,
        keyIsOfService: theirKey !== null,
        clientSequence,
        // Some write the upper half of the numbers as negative ones.
        serviceSequence: sequence >>> 0,
      };
    },
  };
}

function encodeRequest({ key, bytes }: Ticket, authenticator: Buffer): Buffer {
  const cipherText = messageCipher(key, uses.authenticator).encrypt(authenticator);
  return der.application(
    messages.request,
    der.fields({
      0: der.integer(version),
      1: der.integer(messages.request),
      2: der.bits32(mutualRequired),
      3: bytes,
      4: der.fields({ 0: der.integer(key.type), 2: der.octets(cipherText) }),
    }),
  );
}

function openReply(reply: Buffer, key: KerberosKey): ReadonlyMap<number, Buffer> {
  const sealed = der.decodeFields(der.decodeMessage(reply, messages.reply).get(2));
  const cipher = messageCipher(key, uses.replyPart);
  return der.decodeMessage(cipher.decrypt(der.octetsOf(sealed.get(2))), messages.replyPart);
}

function encodePrincipal({ nameType, names }: Principal): Buffer {
  return der.fields({
    0: der.integer(nameType),
    1: der.sequence(...names.map((name) => der.text(name))),
  });
}

function decodeKey(field: Buffer | undefined): KerberosKey {
  const parts = der.decodeFields(field);
  return { type: der.integerOf(parts.get(0)), bytes: der.octetsOf(parts.get(1)) };
}
