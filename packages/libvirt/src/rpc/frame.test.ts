import { expect, test } from 'vitest';
import { XdrError } from '../xdr/xdr-error.ts';
import {
  encodeFrame,
  encodeStreamFrame,
  type FrameHeader,
  maximumFrameBytes,
  MessageStatus,
  MessageType,
  readFrame,
} from './frame.ts';

const header: FrameHeader = {
  program: 0x20_00_80_86,
  version: 1,
  procedure: 6,
  type: MessageType.streamHole,
  serial: 0xff_ff_ff_fe,
  status: MessageStatus.more,
};
const headerBytes = [32, 0, 128, 134, 0, 0, 0, 1, 0, 0, 0, 6, 0, 0, 0, 6, 255, 255, 255, 254, 0, 0, 0, 2];

test('a frame is its length, which counts itself, six words, and the payload', () => {
  const frame = encodeFrame(header, (writer) => writer.uint32(7));
  expect([...frame]).toEqual([0, 0, 0, 32, ...headerBytes, 0, 0, 0, 7]);
  expect(readFrame(frame)).toEqual({ header, payload: Buffer.from([0, 0, 0, 7]) });
});

test("a stream frame's payload has neither a length nor padding", () => {
  const frame = encodeStreamFrame(header, Uint8Array.of(7, 8, 9));
  expect([...frame]).toEqual([0, 0, 0, 31, ...headerBytes, 7, 8, 9]);
  expect(readFrame(frame)).toEqual({ header, payload: Buffer.from([7, 8, 9]) });
});

test.each([
  ['type', 16, 4],
  ['status', 24, 3],
])('an unknown %s is refused', (_what, offset, value) => {
  const frame = encodeFrame(header, () => undefined);
  frame.writeInt32BE(value, offset);
  expect(() => readFrame(frame)).toThrow(XdrError);
});

test('a frame of the largest size is sent, one that is larger is not', () => {
  const overhead = 32;
  const largest = new Uint8Array(maximumFrameBytes - overhead);
  const frame = encodeFrame(header, (writer) => {
    writer.uint32(largest.length);
    writer.opaque(largest);
  });
  expect([frame.length, frame.readUInt32BE(0)]).toEqual([maximumFrameBytes, maximumFrameBytes]);
  const larger = new Uint8Array(largest.length + 8);
  expect(() => encodeFrame(header, (writer) => writer.opaque(larger))).toThrow(XdrError);
});
