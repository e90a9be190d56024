import { enumeration, int32, struct, uint32, type Codec } from '../xdr/codec.ts';
import { XdrReader } from '../xdr/reader.ts';
import { XdrWriter } from '../xdr/writer.ts';
import { LibvirtError } from '../errors.ts';
import { errorFields } from '../protocol/types.ts';
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

/** The word before each frame: the length of all of it, itself counted. */
export const lengthBytes = 4;
const headerBytes = 24;
/** The smallest frame: a header without a payload. */
export const minimumFrameBytes = lengthBytes + headerBytes;
/** The largest frame: VIR_NET_MESSAGE_MAX, which does not count the length word itself. */
export const maximumFrameBytes = 33_554_432 + lengthBytes;
const defaultBytes = 256;
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
  const writer = new XdrWriter(defaultBytes, maximumFrameBytes);
  writer.uint32(0);
  headerCodec.encode(writer, header);
  writePayload(writer);
  const bytes = writer.bytes();
  bytes.writeUInt32BE(bytes.length, 0);
  return bytes;
}

/** A stream frame: its payload is raw bytes without length or padding. */
export function encodeStreamFrame(header: FrameHeader, payload: Uint8Array): Buffer {
  return Buffer.concat([encodeStreamHeader(header, payload.length), payload]);
}

/** What comes before the payload of a stream frame. */
export function encodeStreamHeader(header: FrameHeader, payloadBytes: number): Buffer {
  const bytes = encodeFrame(header, () => undefined);
  bytes.writeUInt32BE(minimumFrameBytes + payloadBytes, 0);
  return bytes;
}

/** Why bytes cannot be frames. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

/** A frame by all its bytes, which it goes on to use. Throws XdrError for a header that cannot be. */
export function readFrame(bytes: Buffer): Frame {
  const reader = new XdrReader(bytes.subarray(lengthBytes));
  return { header: headerCodec.decode(reader), payload: reader.rest() };
}

/** What a reply says: the result, or LibvirtError thrown. Throws XdrError when it is neither. */
export function readReply<R>(name: string, frame: Frame, codec: Codec<R>): R {
  const { status } = frame.header;
  if (status === MessageStatus.error) throw readError(name, frame);
  if (status !== MessageStatus.ok) throw new XdrError('the status of a stream');
  const reader = new XdrReader(frame.payload);
  const result = codec.decode(reader);
  reader.end();
  return result;
}

/** The error that a reply or a stream's frame carries. Throws XdrError when it carries none. */
export function readError(name: string, frame: Frame): LibvirtError {
  const reader = new XdrReader(frame.payload);
  const fields = errorFields.decode(reader);
  reader.end();
  return new LibvirtError(name, { ...fields, message: fields.message ?? `${name} failed without a message` });
}
