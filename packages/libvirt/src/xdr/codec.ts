import type { XdrReader } from './reader.ts';
import type { XdrWriter } from './writer.ts';
import { XdrError } from './xdr-error.ts';

/** How a value stands on the wire. */
export interface Codec<T> {
  /** The layout in words close to XDR's own language, so that a test can hold it against libvirt's definition. */
  readonly shape: string;
  /** Writes a value; throws XdrError for one that does not fit. */
  encode(writer: XdrWriter, value: T): void;
  /** Reads a value; throws XdrError for bytes that are none. */
  decode(reader: XdrReader): T;
}

/** The type of a codec's values. */
export type Infer<C> = C extends Codec<infer T> ? T : never;

export const int32: Codec<number> = {
  shape: 'int',
  encode: (writer, value) => writer.int32(value),
  decode: (reader) => reader.int32(),
};

export const uint32: Codec<number> = {
  shape: 'unsigned int',
  encode: (writer, value) => writer.uint32(value),
  decode: (reader) => reader.uint32(),
};

/** 64 bits, signed. */
export const hyper: Codec<bigint> = {
  shape: 'hyper',
  encode: (writer, value) => writer.int64(value),
  decode: (reader) => reader.int64(),
};

/** 64 bits, unsigned. */
export const uhyper: Codec<bigint> = {
  shape: 'unsigned hyper',
  encode: (writer, value) => writer.uint64(value),
  decode: (reader) => reader.uint64(),
};

export const double: Codec<number> = {
  shape: 'double',
  encode: (writer, value) => writer.double(value),
  decode: (reader) => reader.double(),
};

/** An integer that is 0 or 1. libvirt's own booleans are ints where any value but 0 is true. */
export const flag: Codec<boolean> = {
  shape: 'int',
  encode: (writer, value) => writer.int32(value ? 1 : 0),
  decode: (reader) => reader.int32() !== 0,
};

/** No bytes at all: a procedure without arguments or without a result. */
export const nothing: Codec<void> = {
  shape: '{}',
  encode: () => undefined,
  decode: () => undefined,
};

/**
 * Text in UTF-8, at most so many bytes. Text with a zero in it or half a surrogate pair is not sent: the daemon, which
 * ends text at a zero, would take it for other text.
 */
export function string(maximumBytes: number): Codec<string> {
  return {
    shape: `string<${maximumBytes}>`,
    encode: (writer, value) => {
      if (value.includes('\0') || !value.isWellFormed())
        throw new XdrError('text that the protocol cannot carry');
      const bytes = Buffer.from(value, 'utf8');
      checkLength(bytes.length, maximumBytes);
      writer.uint32(bytes.length);
      writer.opaque(bytes);
    },
    decode: (reader) => reader.text(maximumBytes),
  };
}

/** Bytes with their length before them, at most so many. The decoded bytes are a copy: frames are not kept alive by them. */
export function opaque(maximumBytes: number): Codec<Uint8Array> {
  return {
    shape: `opaque<${maximumBytes}>`,
    encode: (writer, value) => {
      checkLength(value.length, maximumBytes);
      writer.uint32(value.length);
      writer.opaque(value);
    },
    decode: (reader) => Uint8Array.from(reader.opaque(reader.length(maximumBytes))),
  };
}

/** Exactly so many bytes, without a length before them. The decoded bytes are a copy. */
export function fixedOpaque(count: number): Codec<Uint8Array> {
  return {
    shape: `opaque[${count}]`,
    encode: (writer, value) => {
      if (value.length !== count) throw new XdrError(`${value.length} bytes where exactly ${count} belong`);
      writer.opaque(value);
    },
    decode: (reader) => Uint8Array.from(reader.opaque(count)),
  };
}

/** A number that must be one of a closed list. */
export function enumeration<const N extends number>(values: readonly N[]): Codec<N> {
  const known = new Map<number, N>(values.map((value) => [value, value]));
  return {
    shape: 'enum',
    encode: (writer, value) => {
      if (!known.has(value)) throw new XdrError(`${value} where only ${values.join(', ')} are possible`);
      writer.int32(value);
    },
    decode: (reader) => reader.choice(known),
  };
}

const uuidText = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

/** 16 bytes, as the dashed text that people write. */
export const uuid: Codec<string> = {
  shape: 'opaque[16]',
  encode: (writer, value) => {
    if (!uuidText.test(value)) throw new XdrError(`"${value}" is no uuid`);
    writer.opaque(Buffer.from(value.replaceAll('-', ''), 'hex'));
  },
  decode: (reader) => {
    const digits = reader.opaque(16).toString('hex');
    return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${digits.slice(12, 16)}-${digits.slice(16, 20)}-${digits.slice(20)}`;
  },
};

const isThere = new Map([
  [0, false],
  [1, true],
]);

/** A value that may be missing (XDR's pointer). */
export function optional<T>(codec: Codec<T>): Codec<T | null> {
  return {
    shape: `${codec.shape}*`,
    encode: (writer, value) => {
      writer.uint32(value === null ? 0 : 1);
      if (value !== null) codec.encode(writer, value);
    },
    decode: (reader) => (reader.choice(isThere) ? codec.decode(reader) : null),
  };
}

/**
 * A list of at most so many values, each of which takes bytes. Grows as values are read, never by the announced length.
 */
export function array<T>(codec: Codec<T>, maximum: number): Codec<T[]> {
  return {
    shape: `${codec.shape}<${maximum}>`,
    encode: (writer, values) => {
      checkLength(values.length, maximum);
      writer.uint32(values.length);
      for (const value of values) codec.encode(writer, value);
    },
    decode: (reader) => {
      const count = reader.count(maximum);
      const values: T[] = [];
      for (let index = 0; index < count; index += 1) values.push(codec.decode(reader));
      return values;
    },
  };
}

/** `char name[n]`: rpcgen puts each character into four bytes of its own; text ends at the first zero. */
export function characters(count: number): Codec<string> {
  return {
    shape: `int[${count}]`,
    encode: (writer, value) => {
      const bytes = Buffer.alloc(count);
      bytes.write(value, 'latin1');
      if (bytes.toString('latin1', 0, value.length) !== value || value.includes('\0')) {
        throw new XdrError(`text that is not at most ${count} characters of one byte`);
      }
      for (const byte of bytes) writer.int32(byte);
    },
    decode: (reader) => {
      const codes = Array.from({ length: count }, () => reader.int32() & 0xff);
      const end = codes.indexOf(0);
      return String.fromCharCode(...codes.slice(0, end === -1 ? count : end));
    },
  };
}

/** `char name<n>`: bytes, at most so many, each of which rpcgen puts into four bytes of its own. */
export function characterBytes(maximum: number): Codec<Uint8Array> {
  return {
    shape: `int<${maximum}>`,
    encode: (writer, value) => {
      checkLength(value.length, maximum);
      writer.uint32(value.length);
      for (const byte of value) writer.int32(byte);
    },
    decode: (reader) => {
      const length = reader.count(maximum);
      return Uint8Array.from({ length }, () => reader.int32() & 0xff);
    },
  };
}

// oxlint-disable-next-line typescript/no-explicit-any -- a codec is invariant: no other type takes them all
type Fields = Readonly<Record<string, Codec<any>>>;
type StructOf<F extends Fields> = { [K in keyof F]: Infer<F[K]> };

/** Fields one after another, in the order they are written here. */
export function struct<F extends Fields>(fields: F): Codec<StructOf<F>> {
  const entries = Object.entries(fields) as [keyof F & string, Codec<unknown>][];
  return {
    shape: `{${entries.map(([name, codec]) => `${codec.shape} ${name};`).join('')}}`,
    encode: (writer, value) => {
      for (const [name, codec] of entries) codec.encode(writer, value[name]);
    },
    decode: (reader) => {
      const value: Record<string, unknown> = {};
      for (const [name, codec] of entries) value[name] = codec.decode(reader);
      return value as StructOf<F>;
    },
  };
}

type Arms = Readonly<Record<string, { readonly number: number; readonly codec: Fields[string] }>>;
type UnionOf<A extends Arms> = {
  [K in keyof A]: { readonly type: K; readonly value: Infer<A[K]['codec']> };
}[keyof A];

/** XDR's discriminated union: a number that says which of the arms follows. An arm's name is its `type` outside. */
export function union<const A extends Arms>(arms: A): Codec<UnionOf<A>> {
  const byNumber = new Map(
    Object.entries(arms).map(([type, arm]) => [arm.number, { type, codec: arm.codec }]),
  );
  const byType = new Map<unknown, Arms[string]>(Object.entries(arms));
  return {
    shape: `(${[...byNumber].map(([number, { codec }]) => `${number}: ${codec.shape};`).join('')})`,
    encode: (writer, { type, value }) => {
      const arm = byType.get(type);
      if (arm === undefined) throw new XdrError(`"${String(type)}" is no arm of this union`);
      writer.int32(arm.number);
      arm.codec.encode(writer, value);
    },
    decode: (reader) => {
      const { type, codec } = reader.choice(byNumber);
      return { type, value: codec.decode(reader) as unknown } as UnionOf<A>;
    },
  };
}

function checkLength(length: number, maximum: number): void {
  if (length > maximum) throw new XdrError(`a length of ${length} where at most ${maximum} is allowed`);
}
