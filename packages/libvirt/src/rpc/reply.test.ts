import { expect, test } from 'vitest';
import { LibvirtError } from '../errors.ts';
import { errorFields } from '../protocol/types.ts';
import { int32 } from '../xdr/codec.ts';
import { XdrWriter } from '../xdr/writer.ts';
import { XdrError } from '../xdr/xdr-error.ts';
import { type Frame, MessageStatus, MessageType, readError, readReply } from './frame.ts';

function frame(status: Frame['header']['status'], payload: Uint8Array): Frame {
  const header = { program: 1, version: 1, procedure: 1, type: MessageType.reply, serial: 1, status };
  return { header, payload: Buffer.from(payload) };
}

function errorBytes(message: string | null): Buffer {
  const writer = new XdrWriter();
  const none = { dom: null, str1: null, str2: null, str3: null, net: null };
  errorFields.encode(writer, { code: 42, domain: 10, message, level: 2, int1: 0, int2: 0, ...none });
  return writer.bytes();
}

const one = Uint8Array.of(0, 0, 0, 1);

test('a reply that is well is its result', () => {
  expect(readReply('x', frame(MessageStatus.ok, one), int32)).toBe(1);
});

test('a reply that is an error is thrown as what libvirt said', () => {
  const refused = frame(MessageStatus.error, errorBytes('no such domain'));
  expect(() => readReply('x', refused, int32)).toThrow(
    expect.objectContaining({ code: 42, message: 'no such domain', procedure: 'x' }),
  );
});

test('an error without a message has one that names the procedure', () => {
  const error = readError('domainSuspend', frame(MessageStatus.error, errorBytes(null)));
  expect(error).toBeInstanceOf(LibvirtError);
  expect(error.message).toContain('domainSuspend');
});

test.each([
  ['a result cut short', MessageStatus.ok, one.subarray(1)],
  ['a result with bytes left over', MessageStatus.ok, Buffer.alloc(8)],
  ['the status of a stream', MessageStatus.more, one],
  ['the status of a stream and an error', MessageStatus.more, errorBytes('no')],
  ['an error cut short', MessageStatus.error, errorBytes('no').subarray(0, -4)],
  ['an error with bytes left over', MessageStatus.error, Buffer.concat([errorBytes('no'), one])],
])('%s is not believed', (_what, status, payload) => {
  expect(() => readReply('x', frame(status, payload), int32)).toThrow(XdrError);
});
