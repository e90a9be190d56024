/** A public key that guests let a user in by. */
export interface Keypair {
  readonly userId: string;
  readonly name: string;
  readonly type: 'ssh' | 'x509';
  /** Pairs of hexadecimal digits with colons: MD5 of an SSH key, SHA-1 of a certificate, as Nova has them. */
  readonly fingerprint: string;
  /** One line as in `authorized_keys`, or a certificate as PEM. */
  readonly publicKey: string;
  readonly createdAt: string;
}
