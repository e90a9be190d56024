import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a certificate says. */
export interface CertificateWish {
  /** For example `DNS:localhost,IP:127.0.0.1`. */
  readonly names?: string;
  /** Negative for one that has expired. */
  readonly days?: number;
  readonly purpose?: 'serverAuth' | 'clientAuth';
}

const elliptic = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** A certificate authority in a folder of its own, made by this machine's openssl. */
export class Authority implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'ferry-ca-'));
  readonly cert = join(this.folder, 'cacert.pem');
  readonly #key = join(this.folder, 'cakey.pem');

  constructor(name = 'A CA of tests') {
    const extensions = ['-addext', 'basicConstraints=critical,CA:TRUE'];
    const files = ['-keyout', this.#key, '-out', this.cert];
    openssl(['req', '-x509', ...elliptic, ...files, '-days', '30', '-subj', `/CN=${name}`, ...extensions]);
  }

  /** Makes a key and a certificate that this authority has signed; gives their files. */
  issue(name: string, wish: CertificateWish = {}): { cert: string; key: string } {
    const { names = 'DNS:localhost,IP:127.0.0.1', days = 30, purpose = 'serverAuth' } = wish;
    const [key, request, cert] = ['key', 'csr', 'pem'].map((end) => join(this.folder, `${name}.${end}`));
    if (key === undefined || request === undefined || cert === undefined) throw new Error('unreachable');
    const extensions = ['-addext', `subjectAltName=${names}`, '-addext', `extendedKeyUsage=${purpose}`];
    openssl(['req', ...elliptic, '-keyout', key, '-out', request, '-subj', `/CN=${name}`, ...extensions]);
    const signer = ['-CA', this.cert, '-CAkey', this.#key, '-CAcreateserial', '-copy_extensions', 'copy'];
    openssl(['x509', '-req', '-in', request, '-out', cert, ...signer, '-days', String(days)]);
    return { cert, key };
  }

  /** A folder for `pkipath`: this authority, and a client's certificate of `signer`, or none. */
  pki(name: string, signer: Authority | null): string {
    const folder = join(this.folder, `pki-${name}`);
    mkdirSync(folder);
    copyFileSync(this.cert, join(folder, 'cacert.pem'));
    if (signer === null) return folder;
    const { cert, key } = signer.issue(`client-${name}`, { purpose: 'clientAuth' });
    copyFileSync(cert, join(folder, 'clientcert.pem'));
    copyFileSync(key, join(folder, 'clientkey.pem'));
    return folder;
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function openssl(args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: 20_000 });
}
