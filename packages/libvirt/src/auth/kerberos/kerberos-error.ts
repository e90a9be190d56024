/** A message of Kerberos or GSS-API that is malformed, or that does not come from whom it should. */
export class KerberosError extends Error {
  override readonly name = 'KerberosError';
}
