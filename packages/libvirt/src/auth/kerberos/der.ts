import { KerberosError } from './kerberos-error.ts';

// As much of ASN.1's distinguished encoding (X.690) as Kerberos messages need.

const tags = { integer: 0x02, bits: 0x03, octets: 0x04, sequence: 0x30, time: 0x18, text: 0x1b } as const;
const contextTag = 0xa0;
const applicationTag = 0x60;

/** Tag, length, content. */
export function encode(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  if (content.length < 0x80) return Buffer.concat([Buffer.from([tag, content.length]), content]);
  const digits = minimal(content.length);
  return Buffer.concat([Buffer.from([tag, 0x80 | digits.length]), digits, content]);
}

/** INTEGER, from 0 to what 32 bits hold. */
export function integer(value: number): Buffer {
  const digits = minimal(value);
  return encode(tags.integer, Buffer.from((digits[0] ?? 0) >= 0x80 ? [0] : []), digits);
}

/** BIT STRING of 32 bits, the first of them the highest of the number. */
export function bits32(value: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes.writeUInt32BE(value, 1);
  return encode(tags.bits, bytes);
}

export function octets(value: Uint8Array): Buffer {
  return encode(tags.octets, value);
}

/** GeneralString, which is UTF-8 in practice. */
export function text(value: string): Buffer {
  return encode(tags.text, Buffer.from(value, 'utf8'));
}

/** GeneralizedTime, to the second. */
export function time(value: Date): Buffer {
  return encode(tags.time, Buffer.from(value.toISOString().replaceAll(/[-:T]|\.\d+/g, '')));
}

/** SEQUENCE of these, one after the other. */
export function sequence(...parts: readonly Uint8Array[]): Buffer {
  return encode(tags.sequence, ...parts);
}

/** SEQUENCE of fields with their context numbers; those that are undefined are left out. */
export function fields(numbered: Readonly<Record<number, Uint8Array | undefined>>): Buffer {
  const parts = Object.entries(numbered).map(([number, field]) =>
    field === undefined ? Buffer.alloc(0) : encode(contextTag | Number(number), field),
  );
  return sequence(...parts);
}

/** `[APPLICATION number]` before a message. */
export function application(number: number, message: Uint8Array): Buffer {
  return encode(applicationTag | number, message);
}

/** One element: its tag, its content, and what comes after it. */
interface Element {
  readonly tag: number;
  readonly content: Buffer;
  readonly rest: Buffer;
}

/** Reads the element that bytes begin with; nothing is kept for a length that they do not have. Throws KerberosError. */
export function decode(bytes: Buffer): Element {
  const [tag, first] = bytes;
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) throw malformed();
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  const start = 2 + lengthBytes;
  if (lengthBytes > 4 || bytes.length < start || first === 0x80) throw malformed();
  const end = start + (lengthBytes === 0 ? first : bytes.readUIntBE(2, lengthBytes));
  if (end > bytes.length) throw malformed();
  return { tag, content: bytes.subarray(start, end), rest: bytes.subarray(end) };
}

/** The fields of a message `[APPLICATION number] SEQUENCE` by their context numbers. Throws KerberosError. */
export function decodeMessage(bytes: Buffer, number: number): ReadonlyMap<number, Buffer> {
  return decodeFields(contentOf(bytes, applicationTag | number));
}

/** The fields of a SEQUENCE by their context numbers, as in all of Kerberos. Throws KerberosError. */
export function decodeFields(bytes: Buffer | undefined): ReadonlyMap<number, Buffer> {
  const found = new Map<number, Buffer>();
  let rest = contentOf(bytes, tags.sequence);
  while (rest.length > 0) {
    const field = decode(rest);
    if ((field.tag & 0xe0) !== contextTag) throw malformed();
    found.set(field.tag & 0x1f, field.content);
    ({ rest } = field);
  }
  return found;
}

/** A field that is an INTEGER of at most 32 bits. */
export function integerOf(field: Buffer | undefined): number {
  const content = contentOf(field, tags.integer);
  if (content.length === 0 || content.length > 5) throw malformed();
  return content.readIntBE(0, content.length);
}

/** A field that is an OCTET STRING. */
export function octetsOf(field: Buffer | undefined): Buffer {
  return contentOf(field, tags.octets);
}

/** A field that is a GeneralString. */
export function textOf(field: Buffer | undefined): string {
  return contentOf(field, tags.text).toString('utf8');
}

/** Whether a field is just this. */
export function isSame(field: Buffer | undefined, expected: Buffer): boolean {
  return field?.equals(expected) === true;
}

function contentOf(bytes: Buffer | undefined, tag: number): Buffer {
  const element = decode(bytes ?? Buffer.alloc(0));
  if (element.tag !== tag) throw malformed();
  return element.content;
}

function minimal(value: number): Buffer {
  const hex = value.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
}

function malformed(): KerberosError {
  return new KerberosError('a Kerberos message is malformed');
}
