import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  encodeFrame,
  encodeStreamFrame,
  FrameAssembler,
  FrameError,
  maximumFrameBytes,
  MessageStatus,
  MessageType,
} from './frame.ts';

function header(serial: number) {
  return {
    program: 0x20_00_80_86,
    version: 1,
    procedure: 6,
    type: MessageType.reply,
    serial,
    status: MessageStatus.ok,
  };
}

test('frames are put together whatever pieces they come in', () => {
  const payloads = fc.array(fc.uint8Array({ maxLength: 100 }), { minLength: 1, maxLength: 8 });
  const cuts = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(payloads, cuts, (sent, sizes) => {
      const bytes = Buffer.concat(sent.map((payload, serial) => encodeStreamFrame(header(serial), payload)));
      const assembler = new FrameAssembler();
      const got = [];
      for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
        const size = sizes[turn % sizes.length] ?? 1;
        got.push(...assembler.push(bytes.subarray(at, at + size)));
        at += size;
      }
      expect(got.map((frame) => [frame.header.serial, [...frame.payload]])).toEqual(
        sent.map((payload, serial) => [serial, [...payload]]),
      );
    }),
  );
});

test('the length counts itself and the header', () => {
  const frame = encodeFrame(header(1), (writer) => writer.uint32(7));
  expect([frame.length, frame.readUInt32BE(0)]).toEqual([32, 32]);
});

test.each([
  ['the largest length there is', 0xff_ff_ff_ff],
  ['one byte more than the largest frame', maximumFrameBytes + 1],
  ['less than a header', 27],
  ['nothing', 0],
])('a frame that announces %s is refused by its first four bytes', (_what, length) => {
  const first = Buffer.alloc(4);
  first.writeUInt32BE(length);
  expect(() => [...new FrameAssembler().push(first)]).toThrow(FrameError);
});

test('a frame of the largest length is waited for', () => {
  const first = Buffer.alloc(4);
  first.writeUInt32BE(maximumFrameBytes);
  expect([...new FrameAssembler().push(first)]).toEqual([]);
});

test('what does not fit a frame is not sent', () => {
  const large = new Uint8Array(maximumFrameBytes);
  expect(() => encodeFrame(header(1), (writer) => writer.opaque(large))).toThrow('at most');
});
