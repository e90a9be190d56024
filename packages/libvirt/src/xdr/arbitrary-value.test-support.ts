import * as fc from 'fast-check';
import type { Codec } from './codec.ts';
import { XdrReader } from './reader.ts';

/** At the top of a value lists may be this long; deeper down they get shorter, or a value of many lists has no end. */
const longestList = 5;

/** Letters of one to four bytes, and some that are often lost on the way. */
const letter = fc.constantFrom(' ', '\n', 'a', '<', '\u007f', 'é', 'ÿ', '€', '\ufeff', '\ufffd', '\u{1f600}');
const textOf = (maxLength: number): fc.Arbitrary<string> => fc.string({ unit: letter, maxLength });

/**
 * Any value of a codec, whatever the codec is made of: it decodes not from bytes but from a reader that invents what
 * the codec asks for. Lists are as long as their maximum now and then where that is small, otherwise short.
 */
export function arbitraryValue<T>(codec: Codec<T>): fc.Arbitrary<T> {
  return new Invented(codec);
}

/** `fc.gen().map(…)` would do, were it not that its values are cloned whenever they are looked at, to no end here. */
class Invented<T> extends fc.Arbitrary<T> {
  readonly #codec: Codec<T>;
  readonly #gen = fc.gen();

  constructor(codec: Codec<T>) {
    super();
    this.#codec = codec;
  }

  override generate(random: fc.Random, biasFactor: number | undefined): fc.Value<T> {
    return this.#invent(this.#gen.generate(random, biasFactor));
  }

  override canShrinkWithoutContext(value: unknown): value is T {
    return this.#gen.canShrinkWithoutContext(value);
  }

  override shrink(_value: T, context: unknown): fc.Stream<fc.Value<T>> {
    // The generator goes by its context alone, which is the list of what it was asked for.
    return this.#gen.shrink(undefined as never, context).map((gen) => this.#invent(gen));
  }

  #invent(gen: fc.Value<fc.GeneratorValue>): fc.Value<T> {
    return new fc.Value(this.#codec.decode(new InventingReader(gen.value)), gen.context);
  }
}

class InventingReader extends XdrReader {
  readonly #gen: fc.GeneratorValue;
  #values = 0;

  constructor(gen: fc.GeneratorValue) {
    super(new Uint8Array());
    this.#gen = gen;
  }

  override int32(): number {
    return this.#gen(fc.integer);
  }

  override uint32(): number {
    return this.#gen(fc.integer, { min: 0, max: 0xff_ff_ff_ff });
  }

  override int64(): bigint {
    return this.#gen(fc.bigInt, { min: -(2n ** 63n), max: 2n ** 63n - 1n });
  }

  override uint64(): bigint {
    return this.#gen(fc.bigInt, { min: 0n, max: 2n ** 64n - 1n });
  }

  override double(): number {
    return this.#gen(fc.double);
  }

  override length(maximum: number): number {
    return this.#gen(fc.nat, { max: Math.min(maximum, 64) });
  }

  override count(maximum: number): number {
    const max = Math.min(maximum, Math.ceil(longestList / (1 + this.#values / 20)));
    const count = this.#gen(fc.nat, { max });
    this.#values += count;
    return count;
  }

  override choice<T extends {}>(choices: ReadonlyMap<number, T>): T {
    const all = [...choices.values()];
    const chosen = all[this.#gen(fc.nat, { max: all.length - 1 })];
    if (chosen === undefined) throw new Error('a choice of nothing');
    return chosen;
  }

  override text(maximumBytes: number): string {
    return this.#gen(textOf, Math.floor(Math.min(maximumBytes, 64) / 4));
  }

  override opaque(length: number): Buffer {
    return Buffer.from(this.#gen(fc.uint8Array, { minLength: length, maxLength: length }));
  }
}
