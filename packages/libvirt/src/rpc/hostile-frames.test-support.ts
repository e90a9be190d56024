import * as fc from 'fast-check';
import { eventMessages } from '../events/libvirt-event.ts';
import { qemuProgram, remoteProgram } from '../procedures/procedure.ts';
import { type ProcedureName, procedures } from '../procedures/procedures.ts';
import { errorFields } from '../protocol/types.ts';
import { holeCodec } from '../streams/stream-chunk.ts';
import { arbitraryValue } from '../xdr/arbitrary-value.test-support.ts';
import { type Codec, int32, struct, uint32 } from '../xdr/codec.ts';
import { XdrWriter } from '../xdr/writer.ts';
import { maximumFrameBytes, MessageStatus, MessageType } from './frame.ts';
import { keepaliveProgram } from './keepalive.ts';

/** A header as a peer that keeps to nothing writes it. */
const anyHeader = struct({
  length: uint32,
  program: uint32,
  version: uint32,
  procedure: int32,
  type: int32,
  serial: uint32,
  status: int32,
});

interface Header {
  readonly procedure: number;
  readonly serial: number;
  readonly type: number;
  readonly status: number;
  readonly program?: number;
  readonly version?: number;
}

function frame(
  { program = remoteProgram.program, version = 1, ...header }: Header,
  payload: Uint8Array,
  grow = 0,
) {
  const writer = new XdrWriter();
  const length = Math.max(0, 28 + payload.length + grow);
  anyHeader.encode(writer, { length, program, version, ...header });
  return Buffer.concat([writer.bytes(), payload]);
}

function encoded<T>(codec: Codec<T>, value: T): Buffer {
  const writer = new XdrWriter();
  codec.encode(writer, value);
  return writer.bytes();
}

const { ok, error, more } = MessageStatus;
const { reply, message, stream, streamHole } = MessageType;
const anyBytes = fc.uint8Array({ maxLength: 60 });
const status = fc.constantFrom(ok, error, more);
/** Mostly one of the calls that wait, now and then one that was answered long ago, or none. */
const serials = fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 12 }) }, fc.nat(), fc.constant(0));

/** What a call or the one who opened a stream may be sent, whole and well, for a call by this name. */
function answers(name: ProcedureName, serial: number): fc.Arbitrary<Buffer> {
  const { number: procedure, result } = procedures[name];
  const well = arbitraryValue(result as Codec<unknown>).map((value) =>
    frame({ procedure, serial, type: reply, status: ok }, encoded(result as Codec<unknown>, value)),
  );
  const refusal = fc
    .tuple(arbitraryValue(errorFields), fc.constantFrom(reply, stream))
    .map(([value, type]) => frame({ procedure, serial, type, status: error }, encoded(errorFields, value)));
  return fc.oneof(well, refusal);
}

/** Frames of a stream by anybody's serial number and with any status. */
function streamFrames(names: readonly ProcedureName[]): fc.Arbitrary<Buffer> {
  const numbers = names.map((name) => procedures[name].number);
  const data = fc
    .tuple(fc.constantFrom(...numbers), serials, status, anyBytes)
    .map(([procedure, serial, of, bytes]) => frame({ procedure, serial, type: stream, status: of }, bytes));
  const hole = fc
    .tuple(fc.constantFrom(...numbers), serials, arbitraryValue(holeCodec))
    .map(([procedure, serial, value]) =>
      frame({ procedure, serial, type: streamHole, status: more }, encoded(holeCodec, value)),
    );
  return fc.oneof(data, hole);
}

const events = fc.constantFrom(...Object.values(eventMessages)).chain(({ procedure, program, codec }) =>
  fc
    .oneof(
      arbitraryValue(codec as Codec<unknown>).map((value) => encoded(codec as Codec<unknown>, value)),
      anyBytes,
    )
    .map((bytes) =>
      frame({ procedure, program: program.program, serial: 0, type: message, status: ok }, bytes),
    ),
);

const pings = fc
  .tuple(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 0, max: 3 }), anyBytes)
  .map(([count, procedure, bytes]) => {
    const ping = frame({ program: keepaliveProgram, procedure, serial: 0, type: message, status: ok }, bytes);
    return Buffer.concat(Array.from({ length: count }, () => ping));
  });

/** Any six words at all, with a length that is true, too long or too short. */
const strange = fc
  .record({
    program: fc.oneof(
      fc.constantFrom(remoteProgram.program, qemuProgram.program, keepaliveProgram),
      fc.nat(),
    ),
    version: fc.constantFrom(0, 1, 2),
    procedure: fc.integer({ min: -2, max: 460 }),
    type: fc.integer({ min: -1, max: 7 }),
    serial: serials,
    status: fc.integer({ min: -1, max: 3 }),
    grow: fc.oneof(
      { weight: 8, arbitrary: fc.constant(0) },
      fc.integer({ min: -60, max: 60 }),
      fc.constant(maximumFrameBytes),
    ),
    bytes: anyBytes,
  })
  .map(({ bytes, grow, ...header }) => frame(header, bytes, grow));

/** A frame for a stream that the daemon may write to at any time. */
function streamData(name: ProcedureName, serial: number): fc.Arbitrary<Buffer> {
  const { number: procedure } = procedures[name];
  const data = anyBytes.map((bytes) => frame({ procedure, serial, type: stream, status: more }, bytes));
  const hole = fc.bigInt({ min: 0n, max: 2n ** 40n }).map((length) => {
    const bytes = encoded(holeCodec, { length, flags: 0 });
    return frame({ procedure, serial, type: streamHole, status: more }, bytes);
  });
  return fc.oneof(data, hole);
}

/** Calls that wait, and which of them open streams that the daemon may write to. They have the serial numbers from the first on. */
export interface RequestContext {
  readonly names: readonly ProcedureName[];
  readonly readable: readonly ProcedureName[];
  readonly firstSerial: number;
}

/** Frames of a daemon that is late, says things twice and tells what nobody asked for, but keeps to the protocol. */
export function tiresomeFrames({ names, readable, firstSerial }: RequestContext): fc.Arbitrary<Buffer[]> {
  const serial = (name: ProcedureName): number => firstSerial + names.indexOf(name);
  const whole = fc.oneof(
    { weight: 6, arbitrary: fc.oneof(...names.map((name) => answers(name, serial(name)))) },
    { weight: 4, arbitrary: fc.oneof(...readable.map((name) => streamData(name, serial(name)))) },
    { weight: 2, arbitrary: events },
    { weight: 1, arbitrary: pings },
  );
  const twice = whole.map((bytes) => Buffer.concat([bytes, bytes]));
  return fc.array(fc.oneof({ weight: 4, arbitrary: whole }, { weight: 1, arbitrary: twice }), {
    maxLength: 30,
  });
}

/** Frames of a daemon that keeps to nothing. */
export function hostileFrames(asked: RequestContext): fc.Arbitrary<Buffer[]> {
  const whole = fc.oneof(
    fc.oneof(...asked.names.map((name, index) => answers(name, asked.firstSerial + index))),
    streamFrames(asked.names),
    events,
  );
  const cut = fc.tuple(whole, fc.nat()).map(([bytes, at]) => bytes.subarray(0, at % bytes.length));
  const flipped = fc.tuple(whole, fc.nat()).map(([bytes, bit]) => {
    const damaged = Buffer.from(bytes);
    const at = (bit >> 3) % bytes.length;
    damaged[at] = (damaged[at] ?? 0) ^ (1 << (bit & 7));
    return damaged;
  });
  const trailing = fc.tuple(whole, anyBytes).map(([bytes, tail]) => {
    const longer = Buffer.concat([bytes, tail]);
    longer.writeUInt32BE(longer.length, 0);
    return longer;
  });
  const garbage = anyBytes.map((bytes) => Buffer.from(bytes));
  const bad = fc.oneof(streamFrames(asked.names), cut, flipped, trailing, strange, garbage);
  // Much that is well before it: what is bad is to find the connection in every state there is.
  return fc
    .tuple(tiresomeFrames(asked), bad, tiresomeFrames(asked))
    .map(([before, one, after]) => [...before, one, ...after]);
}
