import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { remoteProgram } from '../procedures/procedure.ts';
import { type Frame, MessageStatus, MessageType } from '../rpc/frame.ts';
import { arbitraryValue } from '../xdr/arbitrary-value.test-support.ts';
import type { Codec } from '../xdr/codec.ts';
import { XdrWriter } from '../xdr/writer.ts';
import { callbackKey, decodeEvent } from './decode-event.ts';
import { type EventKind, eventMessages } from './libvirt-event.ts';

function frame(kind: EventKind, payload: Uint8Array): Frame {
  const { program, procedure } = eventMessages[kind];
  const { message: type } = MessageType;
  return {
    header: { ...program, procedure, type, serial: 0, status: MessageStatus.ok },
    payload: Buffer.from(payload),
  };
}

function encoded<T>(codec: Codec<T>, value: T): Buffer {
  const writer = new XdrWriter();
  codec.encode(writer, value);
  return writer.bytes();
}

const kinds = Object.keys(eventMessages) as EventKind[];
type Message = { readonly callbackId: number; readonly msg?: object };

test.each(kinds)(
  'an event of %s has all the fields of its message, flat, and the callback it was sent for',
  (kind) => {
    const codec = eventMessages[kind].codec as Codec<unknown> as Codec<Message>;
    const property = fc.property(arbitraryValue(codec), (value) => {
      const { callbackId, msg, ...fields } = value;
      expect(decodeEvent(frame(kind, encoded(codec, value)))).toEqual({
        kind,
        callback: callbackKey(eventMessages[kind].family, callbackId),
        event: { kind, ...fields, ...msg },
      });
    });
    fc.assert(property, { numRuns: 30 });
  },
);

test.each(kinds)('whatever is sent as an event of %s is one, or is told with its bytes', (kind) => {
  const property = fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
    const { event, callback } = decodeEvent(frame(kind, bytes));
    expect([kind, 'undecodable']).toContain(event.kind);
    expect(callback === null).toBe(bytes.length < 4);
  });
  fc.assert(property, { numRuns: 30 });
});

test('an event with bytes left over is not believed, but the callback still tells whose it is', () => {
  const { codec, program, procedure, family } = eventMessages['secret-value-changed'];
  const secret = { uuid: '3483d9f1-4015-48d9-9837-b67ca82d0009', usageType: 1, usageId: 'x' };
  const bytes = Buffer.concat([encoded(codec, { callbackId: 7, secret }), Buffer.alloc(4)]);
  const { event, callback } = decodeEvent(frame('secret-value-changed', bytes));
  expect(callback).toBe(callbackKey(family, 7));
  expect(event).toEqual({
    kind: 'undecodable',
    program: program.program,
    procedure,
    bytes: Uint8Array.from(bytes),
  });
});

test('the bytes of what is not understood are a copy: they do not keep the frame', () => {
  const large = Buffer.alloc(100_000);
  const { header } = frame('reboot', new Uint8Array());
  const unknown = {
    header: { ...header, ...remoteProgram, procedure: 9_999 },
    payload: large.subarray(0, 3),
  };
  const { event, kind } = decodeEvent(unknown);
  expect(kind).toBeNull();
  expect(event.kind === 'undecodable' && event.bytes.buffer.byteLength).toBe(3);
});

test('a number of one program is not that of another', () => {
  const { header, payload } = frame('qemu-monitor', new Uint8Array(4));
  expect(decodeEvent({ header: { ...header, ...remoteProgram }, payload }).kind).toBeNull();
});

test('callbacks of two families are told apart', () => {
  expect(callbackKey('domain', 1)).not.toBe(callbackKey('network', 1));
  expect(callbackKey('domain', 1)).not.toBe(callbackKey('domain', 2));
});
