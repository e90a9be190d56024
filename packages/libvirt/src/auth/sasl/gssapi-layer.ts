import { type SecurityLayer, SecurityLayerError } from '../../rpc/security-layer.ts';
import { KerberosError } from '../kerberos/kerberos-error.ts';
import type { WrapTokens } from '../kerberos/wrap-tokens.ts';
import { SaslError } from './sasl-exchange.ts';

const lengthBytes = 4;
/** The largest packet that we take, which the daemon is told; as libvirt's own. */
export const largestPacketBytes = 65_536;

/** Packets of a length and a wrapped message each (RFC 4422, 3.7). */
export class GssapiLayer implements SecurityLayer {
  readonly #wrap: WrapTokens;
  readonly #confidential: boolean;
  readonly #chunkBytes: number;
  #pieces: Buffer[] = [];
  #held = 0;

  /** `theirLargest` is how long a wrapped message may be for the daemon. Throws SaslError where nothing fits into that. */
  constructor(wrap: WrapTokens, confidential: boolean, theirLargest: number) {
    this.#wrap = wrap;
    this.#confidential = confidential;
    this.#chunkBytes = theirLargest - wrap.overheadBytes(confidential);
    if (this.#chunkBytes <= 0) {
      throw new SaslError(`the daemon takes packets of ${theirLargest} bytes, into which nothing fits`);
    }
  }

  wrap(bytes: Buffer): Buffer {
    const packets: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += this.#chunkBytes) {
      const token = this.#wrap.wrap(bytes.subarray(at, at + this.#chunkBytes), this.#confidential);
      const length = Buffer.alloc(lengthBytes);
      length.writeUInt32BE(token.length);
      packets.push(length, token);
    }
    return Buffer.concat(packets);
  }

  unwrap(piece: Buffer): Buffer {
    // A piece's memory is the socket's.
    this.#pieces.push(Buffer.from(piece));
    this.#held += piece.length;
    const messages: Buffer[] = [];
    for (let token = this.#takeToken(); token !== null; token = this.#takeToken()) {
      messages.push(this.#open(token));
    }
    return Buffer.concat(messages);
  }

  /** The next wrapped message, once it is whole. Nothing is kept for a length that the daemon must not send. */
  #takeToken(): Buffer | null {
    if (this.#held < lengthBytes) return null;
    if ((this.#pieces[0]?.length ?? 0) < lengthBytes) this.#join();
    const length = this.#pieces[0]?.readUInt32BE() ?? 0;
    if (length > largestPacketBytes) {
      throw new SecurityLayerError(
        `a packet of ${length} bytes; at most ${largestPacketBytes} were agreed on`,
      );
    }
    const end = lengthBytes + length;
    if (this.#held < end) return null;
    const held = this.#join();
    this.#pieces = [held.subarray(end)];
    this.#held -= end;
    return held.subarray(lengthBytes, end);
  }

  #join(): Buffer {
    const [only] = this.#pieces;
    if (only !== undefined && this.#pieces.length === 1) return only;
    const joined = Buffer.concat(this.#pieces);
    this.#pieces = [joined];
    return joined;
  }

  #open(token: Buffer): Buffer {
    try {
      const { bytes, confidential } = this.#wrap.unwrap(token);
      if (this.#confidential && !confidential) {
        throw new SecurityLayerError('a message that anybody could read, though encryption was agreed on');
      }
      return bytes;
    } catch (cause) {
      if (!(cause instanceof KerberosError)) throw cause;
      throw new SecurityLayerError(`something that does not belong there: ${cause.message}`, { cause });
    }
  }
}
