import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

const elliptic = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** A certificate authority of a test, in a folder, by the machine's openssl. */
export class Authority {
  readonly cert: string;
  readonly #key: string;
  readonly #folder: string;

  constructor(folder: string) {
    mkdirSync(folder);
    this.#folder = folder;
    this.cert = join(folder, 'cacert.pem');
    this.#key = join(folder, 'cakey.pem');
    const ca = ['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign'];
    const files = ['-keyout', this.#key, '-out', this.cert];
    openssl('req', '-x509', ...elliptic, ...files, '-days', '30', '-subj', '/CN=A CA of the lab', ...ca);
  }

  /** Signs a certificate; fewer than no days make one that has expired. */
  issue(name: string, extensions: readonly string[], days = 30): { cert: string; key: string } {
    const file = (end: string): string => join(this.#folder, `${name}.${end}`);
    const [key, request, cert] = [file('key'), file('csr'), file('pem')];
    const added = extensions.flatMap((extension) => ['-addext', extension]);
    openssl('req', ...elliptic, '-keyout', key, '-out', request, '-subj', `/CN=${name}`, ...added);
    const signer = ['-CA', this.cert, '-CAkey', this.#key, '-CAcreateserial', '-copy_extensions', 'copy'];
    openssl('x509', '-req', '-in', request, '-out', cert, ...signer, '-days', String(days));
    return { cert, key };
  }

  /** A folder for the parameter `pkipath`: this CA, and a client's certificate of `signer`, or none. */
  clientFolder(name: string, signer: Authority | null): string {
    const folder = join(this.#folder, name);
    mkdirSync(folder);
    copyFileSync(this.cert, join(folder, 'cacert.pem'));
    if (signer !== null) {
      const { cert, key } = signer.issue(`client-${name}`, ['extendedKeyUsage=clientAuth']);
      copyFileSync(cert, join(folder, 'clientcert.pem'));
      copyFileSync(key, join(folder, 'clientkey.pem'));
    }
    return folder;
  }
}

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: 20_000 });
}
