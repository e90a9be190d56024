import { LibvirtError } from '../errors.ts';
import { errorFields } from '../protocol/types.ts';
import type { Codec } from '../xdr/codec.ts';
import { XdrReader } from '../xdr/reader.ts';
import { type Frame, MessageStatus } from './frame.ts';

/** What a reply says: the result, or LibvirtError thrown. Throws XdrError when it is neither. */
export function readReply<R>(name: string, frame: Frame, codec: Codec<R>): R {
  if (frame.header.status !== MessageStatus.ok) throw readError(name, frame);
  const reader = new XdrReader(frame.payload);
  const result = codec.decode(reader);
  reader.end();
  return result;
}

/** The error that a reply or a stream's frame carries. */
export function readError(name: string, frame: Frame): LibvirtError {
  const fields = errorFields.decode(new XdrReader(frame.payload));
  return new LibvirtError(name, { ...fields, message: fields.message ?? `${name} failed without a message` });
}
