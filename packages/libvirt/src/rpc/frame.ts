import { enumeration, int32, struct, uint32 } from '../xdr/codec.ts';
import { XdrReader } from '../xdr/reader.ts';
import { XdrWriter } from '../xdr/writer.ts';
import { XdrError } from '../xdr/xdr-error.ts';

/** Kinds of frames (virNetMessageType). */
export const MessageType = { call: 0, reply: 1, message: 2, stream: 3, streamHole: 6 } as const;

/** Status of a frame (virNetMessageStatus). `more` is on every stream frame but the last. */
export const MessageStatus = { ok: 0, error: 1, more: 2 } as const;

/** The six words before each payload. */
export interface FrameHeader {
  readonly program: number;
  readonly version: number;
  readonly procedure: number;
  readonly type: (typeof MessageType)[keyof typeof MessageType];
  readonly serial: number;
  readonly status: (typeof MessageStatus)[keyof typeof MessageStatus];
}

/** One frame as it came. */
export interface Frame {
  readonly header: FrameHeader;
  readonly payload: Buffer;
}

const lengthBytes = 4;
const headerBytes = 24;
/** The largest frame: VIR_NET_MESSAGE_MAX, which does not count the length word itself. */
export const maximumFrameBytes = 33_554_432 + lengthBytes;
/** The largest payload of a stream frame that every libvirt takes (VIR_NET_MESSAGE_LEGACY_PAYLOAD_MAX). */
export const maximumStreamPayloadBytes = 262_120;

const headerCodec = struct({
  program: uint32,
  version: uint32,
  procedure: int32,
  type: enumeration(Object.values(MessageType)),
  serial: uint32,
  status: enumeration(Object.values(MessageStatus)),
});

/** A whole frame: length (of all, itself counted), header, payload. Throws XdrError when that is too large. */
export function encodeFrame(header: FrameHeader, writePayload: (writer: XdrWriter) => void): Buffer {
  const writer = new XdrWriter();
  writer.uint32(0);
  headerCodec.encode(writer, header);
  writePayload(writer);
  const bytes = writer.bytes();
  if (bytes.length > maximumFrameBytes) {
    throw new XdrError(`a frame of ${bytes.length} bytes where at most ${maximumFrameBytes} are allowed`);
  }
  bytes.writeUInt32BE(bytes.length, 0);
  return bytes;
}

/** A stream frame: its payload is raw bytes without length or padding. */
export function encodeStreamFrame(header: FrameHeader, payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(lengthBytes + headerBytes + payload.length);
  encodeFrame(header, () => undefined).copy(frame);
  frame.set(payload, lengthBytes + headerBytes);
  frame.writeUInt32BE(frame.length, 0);
  return frame;
}

/** Why bytes cannot be frames. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

/**
 * Puts frames together from a byte stream that comes in arbitrary pieces. An announced length is checked before
 * anything is kept for it.
 */
export class FrameAssembler {
  #pieces: Buffer[] = [];
  #held = 0;

  /**
   * Takes the next piece and gives the frames that are whole now, one by one: those before an impossible length, for
   * which it throws FrameError, are given too. To be read to the end before the next piece.
   */
  *push(piece: Buffer): Generator<Frame, void> {
    if (piece.length > 0) this.#pieces.push(piece);
    this.#held += piece.length;
    for (;;) {
      if (this.#held < lengthBytes) return;
      const length = this.#peekLength();
      if (length < lengthBytes + headerBytes || length > maximumFrameBytes) {
        throw new FrameError(
          `a frame of ${length} bytes; ${lengthBytes + headerBytes} to ${maximumFrameBytes} are possible`,
        );
      }
      if (this.#held < length) return;
      yield readFrame(this.#take(length));
    }
  }

  #peekLength(): number {
    if ((this.#pieces[0]?.length ?? 0) < lengthBytes) this.#pieces = [Buffer.concat(this.#pieces)];
    return this.#pieces[0]?.readUInt32BE(0) ?? 0;
  }

  #take(length: number): Buffer {
    const first = this.#pieces[0];
    const whole = first !== undefined && first.length >= length ? first : Buffer.concat(this.#pieces);
    const rest = whole.subarray(length);
    if (whole === first) {
      if (rest.length > 0) this.#pieces[0] = rest;
      else this.#pieces.shift();
    } else {
      this.#pieces = rest.length > 0 ? [rest] : [];
    }
    this.#held -= length;
    return whole.subarray(0, length);
  }
}

function readFrame(bytes: Buffer): Frame {
  const reader = new XdrReader(bytes.subarray(lengthBytes));
  return { header: headerCodec.decode(reader), payload: reader.rest() };
}
