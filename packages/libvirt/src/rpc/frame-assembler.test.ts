import * as fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import {
  encodeStreamFrame,
  type Frame,
  FrameError,
  type FrameHeader,
  maximumFrameBytes,
  MessageStatus,
  MessageType,
} from './frame.ts';
import { FrameAssembler } from './frame-assembler.ts';

function header(serial: number): FrameHeader {
  const { reply: type } = MessageType;
  return { program: 0x20_00_80_86, version: 1, procedure: 6, type, serial, status: MessageStatus.ok };
}

/** Pushes bytes in pieces of the sizes given, over and over. */
function pushed(assembler: FrameAssembler, bytes: Buffer, sizes: readonly number[]): Frame[] {
  const frames: Frame[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    // A piece of its own memory, as sockets give: nothing may rely on pieces lying side by side.
    frames.push(...assembler.push(Buffer.from(bytes.subarray(at, at + size))));
    at += size;
  }
  return frames;
}

function announcing(length: number): Buffer {
  const word = Buffer.alloc(4);
  word.writeUInt32BE(length);
  return word;
}

afterEach(() => {
  vi.restoreAllMocks();
});

test('frames are put together whatever pieces they come in', () => {
  const payloads = fc.array(fc.uint8Array({ maxLength: 100 }), { minLength: 1, maxLength: 8 });
  const cuts = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(payloads, cuts, (sent, sizes) => {
      const bytes = Buffer.concat(sent.map((payload, serial) => encodeStreamFrame(header(serial), payload)));
      const got = pushed(new FrameAssembler(), bytes, [...sizes, 1]);
      expect(got.map((frame) => [frame.header.serial, [...frame.payload]])).toEqual(
        sent.map((payload, serial) => [serial, [...payload]]),
      );
    }),
  );
});

test.each([
  ['the largest length there is', 0xff_ff_ff_ff],
  ['one byte more than the largest frame', maximumFrameBytes + 1],
  ['less than a header', 27],
  ['nothing', 0],
])('a frame that announces %s is refused by its first four bytes, however they come', (_what, length) => {
  for (const size of [1, 3, 4]) {
    expect(() => pushed(new FrameAssembler(), announcing(length), [size])).toThrow(FrameError);
  }
});

test('what came whole before an impossible length is still given', () => {
  const good = encodeStreamFrame(header(5), Uint8Array.of(1));
  const frames = new FrameAssembler().push(Buffer.concat([good, announcing(3)]));
  expect(frames.next()).toMatchObject({ value: { header: { serial: 5 } } });
  expect(() => frames.next()).toThrow(expect.objectContaining({ name: 'FrameError' }));
});

test('a frame that lies whole in one piece is not copied', () => {
  const frame = encodeStreamFrame(header(5), Uint8Array.of(1, 2, 3));
  const copied = vi.spyOn(Buffer.prototype, 'copy');
  expect([...new FrameAssembler().push(frame)]).toHaveLength(1);
  expect([...new FrameAssembler().push(Buffer.concat([frame, frame]))]).toHaveLength(2);
  expect(copied).not.toHaveBeenCalled();
});

test.each([1, 7, 1024])(
  'the largest frame that can be, in pieces of %i bytes, is moved about a few times',
  (size) => {
    // In single bytes a smaller one has to do; the bound is the same.
    const payloadBytes = size === 1024 ? maximumFrameBytes - 28 : 200_000;
    const whole = encodeStreamFrame(header(1), Buffer.alloc(payloadBytes, 7));
    const moved = countMovedBytes(() => {
      const assembler = new FrameAssembler();
      for (let at = 0; at < whole.length - size; at += size) {
        if (assembler.push(whole.subarray(at, at + size)).next().done !== true) throw new Error('too early');
      }
      const rest = whole.length % size || size;
      const [frame] = assembler.push(whole.subarray(whole.length - rest));
      expect(frame?.payload.equals(whole.subarray(28))).toBe(true);
    });
    expect(moved).toBeGreaterThanOrEqual(whole.length);
    expect(moved).toBeLessThan(whole.length * 3);
  },
);

test('an announcement alone takes little memory, and a frame never more than its length', () => {
  const allocate = vi.spyOn(Buffer, 'allocUnsafe');
  const assembler = new FrameAssembler();
  expect([...assembler.push(announcing(maximumFrameBytes))]).toEqual([]);
  expect([...assembler.push(Buffer.alloc(1))]).toEqual([]);
  const sizes = () => allocate.mock.calls.map(([bytes]) => bytes);
  expect(Math.max(...sizes())).toBeLessThan(512 * 1024);
  for (let mib = 0; mib < 31; mib += 1) expect([...assembler.push(Buffer.alloc(1024 * 1024))]).toEqual([]);
  expect(Math.max(...sizes())).toBe(maximumFrameBytes);
});

test('a usual frame that comes in pieces is given all its room at once', () => {
  const allocate = vi.spyOn(Buffer, 'allocUnsafe');
  const whole = encodeStreamFrame(header(1), Buffer.alloc(262_120));
  allocate.mockClear();
  expect(pushed(new FrameAssembler(), whole, [65_536])).toHaveLength(1);
  expect(allocate.mock.calls).toEqual([[4], [whole.length]]);
});

/** Bytes that are copied from buffer to buffer meanwhile. */
function countMovedBytes(run: () => void): number {
  let moved = 0;
  const { copy } = Buffer.prototype;
  vi.spyOn(Buffer.prototype, 'copy').mockImplementation(function copyCounted(this: Buffer, ...args) {
    const copied = copy.apply(this, args);
    moved += copied;
    return copied;
  });
  const concat = vi.spyOn(Buffer, 'concat');
  run();
  for (const { value } of concat.mock.results) moved += (value as Buffer).length;
  return moved;
}
