import { type Codec, nothing, struct } from '../xdr/codec.ts';

/** A program of the daemon: most procedures belong to the remote program, a few of QEMU's own to another. */
export interface Program {
  readonly program: number;
  readonly version: number;
}

/** REMOTE_PROGRAM. */
export const remoteProgram: Program = { program: 0x20_00_80_86, version: 1 };
/** QEMU_PROGRAM: only a daemon with the QEMU driver has it. */
export const qemuProgram: Program = { program: 0x20_00_80_87, version: 1 };

/** One procedure of the daemon: its program and number, and how arguments and result stand on the wire. */
export interface Procedure<A, R> {
  readonly program: Program;
  readonly number: number;
  readonly args: Codec<A>;
  readonly result: Codec<R>;
  /** The release of libvirt that brought it, where that is later than 9.0; older daemons refuse it. */
  readonly since?: string;
}

/** A procedure that has both arguments and a result. */
export function procedure<A, R>(
  number: number,
  args: Codec<A>,
  result: Codec<R>,
  program: Program = remoteProgram,
): Procedure<A, R> {
  return { program, number, args, result };
}

/** A procedure that is asked something and returns nothing. */
export function command<A>(number: number, args: Codec<A>): Procedure<A, void> {
  return procedure(number, args, nothing);
}

/** A procedure that takes nothing. */
export function question<R>(number: number, result: Codec<R>): Procedure<Empty, R> {
  return procedure(number, empty, result);
}

/** A procedure that daemons older than this release do not have. */
export function since<A, R>(release: string, newer: Procedure<A, R>): Procedure<A, R> {
  return { ...newer, since: release };
}

/** No arguments. */
type Empty = Record<string, never>;
const empty: Codec<Empty> = struct({});
