import { X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Authority } from '../../certificates/own-authority.ts';
import type { SignsForHosts } from '../engine/services.ts';

/** How long the certificates of hosts are good; the doctor warns 30 days before. */
const certificateDays = 397;

/** The authority that signs for hosts, in a directory of the controller's own: `ca.crt` and `ca.key`, its owner's alone. */
export class HostAuthority implements SignsForHosts {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** SHA-256 of its certificate; null: it is not made yet. */
  fingerprint(): Promise<string | null> {
    const there = this.#read();
    if (there === null) return Promise.resolve(null);
    const { fingerprint256 } = new X509Certificate(there.certificate);
    return Promise.resolve(fingerprint256.replaceAll(':', '').toLowerCase());
  }

  /** A key and a certificate for a host's names, with the authority that signed it, which is made when it is not there. */
  async sign(names: readonly string[]): Promise<Authority & { readonly authority: string }> {
    // Loaded when it is needed: it takes a while.
    const { signForHost } = await import('../../certificates/own-authority.ts');
    const authority = this.#read() ?? (await this.#make());
    return { ...(await signForHost(authority, names, certificateDays)), authority: authority.certificate };
  }

  #read(): Authority | null {
    const [certificate, key] = this.#files();
    if (statSync(key, { throwIfNoEntry: false }) === undefined) return null;
    return { certificate: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') };
  }

  /** The key comes last: where it is, all is. */
  async #make(): Promise<Authority> {
    const { makeAuthority } = await import('../../certificates/own-authority.ts');
    const made = await makeAuthority('Ferry authority of hosts');
    const [certificate, key] = this.#files();
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    writeFileSync(certificate, made.certificate, { mode: 0o644 });
    writeFileSync(`${key}.new`, made.key, { mode: 0o600 });
    renameSync(`${key}.new`, key);
    return made;
  }

  #files(): [certificate: string, key: string] {
    return [join(this.#directory, 'ca.crt'), join(this.#directory, 'ca.key')];
  }
}
