import { randomBytes } from 'node:crypto';
import type { Principal, Ticket } from './credential-cache.ts';
import * as der from './der.ts';
import { decodeGssToken, encodeGssToken, GssTokenId } from './gss-token.ts';
import { type KerberosKey, messageCipher } from './message-cipher.ts';

/** How a service answers. */
export interface ServiceHabits {
  /** Whether it puts a key of its own into the answer. */
  readonly ownKey?: boolean;
  /** How far it turns what it wraps (RRC). */
  readonly turnedBy?: number;
  /** How much filler a sealed message says that it has; it has three bytes. */
  readonly fillerBytes?: number;
  /** Whether the answer has another time in it than the request. */
  readonly otherTime?: boolean;
}

const keyBytesOf: Readonly<Record<number, number>> = { 17: 16, 18: 32, 19: 16, 20: 32 };
const client: Principal = { nameType: 1, names: ['ann'], realm: 'LAB.EXAMPLE' };
const server: Principal = { nameType: 3, names: ['libvirt', 'h.lab.example'], realm: 'LAB.EXAMPLE' };

/** The other side of a security context, written from RFC 4121 apart from the client's. */
export class FakeService {
  readonly ticket: Ticket;
  /** What the client wrote into its authenticator: the checksum, and its own name in its encoding. */
  wishes: Buffer = Buffer.alloc(0);
  name: Buffer = Buffer.alloc(0);
  readonly #habits: ServiceHabits;
  #key: KerberosKey;
  #sequence = 0xffff_fffen;

  constructor(type: number, habits: ServiceHabits = {}) {
    this.#habits = habits;
    this.#key = { type, bytes: randomBytes(keyBytesOf[type] ?? 0) };
    const bytes = der.application(1, der.fields({ 0: der.integer(5) }));
    this.ticket = { client, server, key: this.#key, bytes };
  }

  /** Takes the client's token and gives the answer to it. */
  accept(token: Buffer): Buffer {
    const request = der.decodeMessage(decodeGssToken(token).message, 14);
    const sealed = der.octetsOf(der.decodeFields(request.get(4)).get(2));
    const asked = der.decodeMessage(messageCipher(this.#key, 11).decrypt(sealed), 2);
    this.wishes = der.octetsOf(der.decodeFields(asked.get(3)).get(1));
    this.name = asked.get(2) ?? this.name;
    const theirs = der.decodeFields(asked.get(6));
    const key = { type: der.integerOf(theirs.get(0)), bytes: der.octetsOf(theirs.get(1)) };
    const own = { type: key.type, bytes: randomBytes(key.bytes.length) };
    const { ownKey = false, otherTime = false } = this.#habits;
    const part = der.fields({
      0: otherTime ? der.time(new Date(0)) : asked.get(5),
      1: asked.get(4),
      2: ownKey ? der.fields({ 0: der.integer(own.type), 1: der.octets(own.bytes) }) : undefined,
      3: der.integer(Number(this.#sequence)),
    });
    const cipherText = messageCipher(this.#key, 12).encrypt(der.application(27, part));
    this.#key = ownKey ? own : key;
    const encrypted = der.fields({ 0: der.integer(key.type), 2: der.octets(cipherText) });
    const reply = der.fields({ 0: der.integer(5), 1: der.integer(15), 2: encrypted });
    return encodeGssToken(GssTokenId.reply, der.application(15, reply));
  }

  /** Wraps a message, sealed or not, turned as its habit is. */
  wrap(bytes: Uint8Array, confidential: boolean): Buffer {
    const flags = 1 | (confidential ? 2 : 0) | (this.#habits.ownKey === true ? 4 : 0);
    const header = Buffer.from([5, 4, flags, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    header.writeBigUInt64BE(this.#sequence, 8);
    this.#sequence += 1n;
    const cipher = messageCipher(this.#key, 22);
    // None is needed, but who sends some must be understood.
    const filler = Buffer.from('xyz');
    const { turnedBy = 0, fillerBytes = filler.length } = this.#habits;
    let body: Buffer;
    if (confidential) {
      header.writeUInt16BE(fillerBytes, 4);
      body = cipher.encrypt(Buffer.concat([bytes, filler, header]));
    } else {
      body = Buffer.concat([bytes, cipher.checksum(Buffer.concat([bytes, header]))]);
      header.writeUInt16BE(cipher.checksumBytes, 4);
    }
    header.writeUInt16BE(turnedBy, 6);
    const by = body.length - (turnedBy % body.length);
    return Buffer.concat([header, body.subarray(by), body.subarray(0, by)]);
  }

  /** What the client wrapped; throws KerberosError for what it did not. */
  unwrap(token: Buffer): { bytes: Buffer; sequence: bigint; flags: number } {
    const [header, body] = [Buffer.from(token.subarray(0, 16)), token.subarray(16)];
    const flags = header[2] ?? 0;
    const sequence = header.readBigUInt64BE(8);
    const cipher = messageCipher(this.#key, 24);
    if ((flags & 2) !== 0) {
      const plain = cipher.decrypt(body);
      return { bytes: plain.subarray(0, plain.length - 16), sequence, flags };
    }
    const bytes = body.subarray(0, body.length - header.readUInt16BE(4));
    header.writeUInt16BE(0, 4);
    cipher.verify(Buffer.concat([bytes, header]), body.subarray(bytes.length));
    return { bytes, sequence, flags };
  }
}
