import type { ApAgreement } from './ap-exchange.ts';
import { KerberosError } from './kerberos-error.ts';
import { type MessageCipher, messageCipher } from './message-cipher.ts';

/** A message that was unwrapped. */
export interface Unwrapped {
  readonly bytes: Buffer;
  /** Whether nobody could read it on its way. */
  readonly confidential: boolean;
}

const headerBytes = 16;
const wrapTokenId = 0x05_04;
const flag = { sentByAcceptor: 1, sealed: 2, acceptorSubkey: 4 } as const;
/** Key usages of RFC 4121, 2: the same for wrapped messages that are sealed and those that are not. */
const uses = { acceptorSeal: 22, initiatorSeal: 24 } as const;

/** Wraps and unwraps messages on the client's side of a security context (RFC 4121, 4.2.4 and 4.2.6.2). */
export class WrapTokens {
  readonly #flags: number;
  readonly #outgoing: MessageCipher;
  readonly #incoming: MessageCipher;
  #nextToSend: bigint;
  #nextToReceive: bigint;

  constructor({ key, keyIsOfService, clientSequence, serviceSequence }: ApAgreement) {
    this.#flags = keyIsOfService ? flag.acceptorSubkey : 0;
    this.#outgoing = messageCipher(key, uses.initiatorSeal);
    this.#incoming = messageCipher(key, uses.acceptorSeal);
    this.#nextToSend = BigInt(clientSequence);
    this.#nextToReceive = BigInt(serviceSequence);
  }

  /** How much longer a message gets by wrapping. */
  overheadBytes(confidential: boolean): number {
    const { overheadBytes, checksumBytes } = this.#outgoing;
    // A sealed message has its header in it once more.
    return headerBytes + (confidential ? headerBytes + overheadBytes : checksumBytes);
  }

  wrap(bytes: Uint8Array, confidential: boolean): Buffer {
    const header = encodeHeader(this.#flags | (confidential ? flag.sealed : 0), this.#nextToSend);
    this.#nextToSend += 1n;
    if (confidential) return Buffer.concat([header, this.#outgoing.encrypt(Buffer.concat([bytes, header]))]);
    const checksum = this.#outgoing.checksum(Buffer.concat([bytes, header]));
    // The checksum is of a header that does not say how long the checksum is.
    header.writeUInt16BE(checksum.length, 4);
    return Buffer.concat([header, bytes, checksum]);
  }

  /** Throws KerberosError for what the service did not send, and for what it did not send next. */
  unwrap(token: Buffer): Unwrapped {
    const { flags, extraBytes, body, header } = this.#open(token);
    const confidential = (flags & flag.sealed) !== 0;
    const bytes = confidential
      ? this.#unseal(body, header, extraBytes)
      : this.#check(body, header, extraBytes);
    // Only now is it known that the number in the header is the service's own.
    if (header.readBigUInt64BE(8) !== this.#nextToReceive) {
      throw new KerberosError('a message came twice, too early or too late');
    }
    this.#nextToReceive += 1n;
    return { bytes, confidential };
  }

  /** Reads the header, and turns what follows it back (4.2.5). */
  #open(token: Buffer): { flags: number; extraBytes: number; body: Buffer; header: Buffer } {
    if (token.length < headerBytes || token.readUInt16BE(0) !== wrapTokenId || token[3] !== 0xff) {
      throw new KerberosError('what came is no wrapped message');
    }
    const flags = token[2] ?? 0;
    if ((flags & ~flag.sealed) !== (this.#flags | flag.sentByAcceptor)) {
      throw new KerberosError(
        'a wrapped message is not of the service, or not of the key that was agreed on',
      );
    }
    const extraBytes = token.readUInt16BE(4);
    const turnedBy = token.readUInt16BE(6);
    // What is sealed, or summed, is the header before anything was turned.
    const header = Buffer.from(token.subarray(0, headerBytes));
    header.writeUInt16BE(0, 6);
    return { flags, extraBytes, body: turnBack(token.subarray(headerBytes), turnedBy), header };
  }

  #unseal(body: Buffer, header: Buffer, fillerBytes: number): Buffer {
    const plain = this.#incoming.decrypt(body);
    const messageBytes = plain.length - headerBytes - fillerBytes;
    if (messageBytes < 0 || !plain.subarray(plain.length - headerBytes).equals(header)) {
      throw new KerberosError('the header of a wrapped message was changed on the way');
    }
    return plain.subarray(0, messageBytes);
  }

  #check(body: Buffer, header: Buffer, checksumBytes: number): Buffer {
    const messageBytes = body.length - checksumBytes;
    if (messageBytes < 0) throw new KerberosError('a wrapped message is cut short');
    const bytes = body.subarray(0, messageBytes);
    header.writeUInt16BE(0, 4);
    this.#incoming.verify(Buffer.concat([bytes, header]), body.subarray(messageBytes));
    return bytes;
  }
}

function encodeHeader(flags: number, sequence: bigint): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.writeUInt16BE(wrapTokenId);
  header.writeUInt8(flags, 2);
  header.writeUInt8(0xff, 3);
  header.writeBigUInt64BE(sequence, 8);
  return header;
}

function turnBack(body: Buffer, turnedBy: number): Buffer {
  const by = body.length === 0 ? 0 : turnedBy % body.length;
  return by === 0 ? body : Buffer.concat([body.subarray(by), body.subarray(0, by)]);
}
