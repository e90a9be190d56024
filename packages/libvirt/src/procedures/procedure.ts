import { type Codec, nothing, struct } from '../xdr/codec.ts';

/** One procedure of libvirt's remote program: its number, and how arguments and result stand on the wire. */
export interface Procedure<A, R> {
  readonly number: number;
  readonly args: Codec<A>;
  readonly result: Codec<R>;
}

/** A procedure that has both arguments and a result. */
export function procedure<A, R>(number: number, args: Codec<A>, result: Codec<R>): Procedure<A, R> {
  return { number, args, result };
}

/** A procedure that is asked something and returns nothing. */
export function command<A>(number: number, args: Codec<A>): Procedure<A, void> {
  return { number, args, result: nothing };
}

/** A procedure that takes nothing. */
export function question<R>(number: number, result: Codec<R>): Procedure<Empty, R> {
  return { number, args: empty, result };
}

/** No arguments. */
export type Empty = Readonly<Record<never, never>>;
const empty: Codec<Empty> = struct({});
