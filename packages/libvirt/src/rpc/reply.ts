import { LibvirtError } from '../errors.ts';
import { errorFields } from '../protocol/types.ts';
import type { Codec } from '../xdr/codec.ts';
import { XdrReader } from '../xdr/reader.ts';
import { XdrError } from '../xdr/xdr-error.ts';
import { type Frame, MessageStatus } from './frame.ts';

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
