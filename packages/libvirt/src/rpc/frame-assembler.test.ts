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

test('what was given stays as it is when the piece that it came in is written over', () => {
  const whole = Buffer.concat(
    [1, 2].map((serial) => encodeStreamFrame(header(serial), Uint8Array.of(serial, 9))),
  );
  const pieces = [whole.subarray(0, 40), whole.subarray(40)];
  const assembler = new FrameAssembler();
  const payloads: Buffer[] = [];
  for (const piece of pieces) {
    for (const frame of assembler.push(piece)) payloads.push(frame.payload);
    piece.fill(0xff);
  }
  expect(payloads.map((payload) => [...payload])).toEqual([
    [1, 9],
    [2, 9],
  ]);
});

test('memory that comes back takes the next frame of its size, and only that', () => {
  const assembler = new FrameAssembler();
  const frame = (fill: number, bytes = 262_120): Frame | undefined =>
    pushed(assembler, encodeStreamFrame(header(1), Buffer.alloc(bytes, fill)), [65_536])[0];
  const [one, two] = [frame(1), frame(2)];
  if (one === undefined || two === undefined) throw new Error('two frames came');
  assembler.recycle(one.payload);
  const three = frame(3);
  expect(three?.payload.buffer).toBe(one.payload.buffer);
  expect(three?.payload).toEqual(Buffer.alloc(262_120, 3));
  expect(two.payload).toEqual(Buffer.alloc(262_120, 2));
  const small = frame(4, 100_000);
  if (small === undefined) throw new Error('a frame came');
  assembler.recycle(small.payload);
  expect(frame(5)?.payload.buffer).not.toBe(small.payload.buffer);
});

test('no more memory is kept than a stream has under way', () => {
  const assembler = new FrameAssembler();
  const given = Array.from({ length: 60 }, () => new Uint8Array(262_148));
  for (const bytes of given) assembler.recycle(bytes);
  const taken = Array.from(
    { length: 60 },
    () =>
      pushed(assembler, encodeStreamFrame(header(1), Buffer.alloc(262_120)), [262_148 - 1])[0]?.payload
        .buffer,
  );
  expect(taken.filter((buffer) => given.some((bytes) => bytes.buffer === buffer))).toHaveLength(48);
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
  const whole = encodeStreamFrame(header(1), Buffer.alloc(262_120));
  const allocate = vi.spyOn(Buffer, 'allocUnsafe');
  const allocateSlow = vi.spyOn(Buffer, 'allocUnsafeSlow');
  expect(pushed(new FrameAssembler(), whole, [65_536])).toHaveLength(1);
  expect([allocate.mock.calls, allocateSlow.mock.calls]).toEqual([[[4]], [[whole.length]]]);
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
