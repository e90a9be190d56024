import * as der from './der.ts';
import { KerberosError } from './kerberos-error.ts';

/** Tokens of which a security context is made (RFC 4121, 4.1). */
export const GssTokenId = { request: 0x01_00, reply: 0x02_00, error: 0x03_00 } as const;

const initialToken = 0x60;
/** 1.2.840.113554.1.2.2 with tag and length: Kerberos among the mechanisms of GSS-API. */
const kerberosMechanism = Buffer.from('06092a864886f712010202', 'hex');

/** A message of Kerberos with the framing of GSS-API around it (RFC 2743, 3.1). */
export function encodeGssToken(id: number, message: Uint8Array): Buffer {
  const number = Buffer.from([id >> 8, id & 0xff]);
  return der.encode(initialToken, kerberosMechanism, number, message);
}

/** Takes the framing off. Throws KerberosError for a token of another mechanism, or of none. */
export function decodeGssToken(token: Buffer): { id: number; message: Buffer } {
  const { tag, content } = der.decode(token);
  const start = kerberosMechanism.length;
  const ofKerberos =
    tag === initialToken &&
    content.length >= start + 2 &&
    content.subarray(0, start).equals(kerberosMechanism);
  if (!ofKerberos) throw new KerberosError('a token of GSS-API is malformed, or not of Kerberos');
  return { id: content.readUInt16BE(start), message: content.subarray(start + 2) };
}
