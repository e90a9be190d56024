import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { Server } from 'node:https';
import type { Logger } from 'pino';
import { StartError } from './start-error.ts';

/** The controller's own certificate, with those that it was signed by behind it, and its key: files of PEM. */
export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** What `https` is given. */
export interface TlsCertificate {
  readonly cert: string;
  readonly key: string;
  /** When it ends. */
  readonly validTo: Date;
}

/** How soon a renewed certificate is taken. */
const lookEveryMs = 60_000;

/** Reads and judges them; throws StartError `bad-certificate` that says what is wrong with which file. */
export function readTlsCertificate(files: TlsFiles, now: Date = new Date()): TlsCertificate {
  const cert = read(files.certFile);
  const key = read(files.keyFile);
  const certificate = parsed(files.certFile, 'certificate', () => new X509Certificate(cert));
  const own: KeyObject = parsed(files.keyFile, 'private key without a passphrase', () =>
    createPrivateKey(key),
  );
  if (!certificate.checkPrivateKey(own))
    throw bad(`${files.keyFile} is not the key of the certificate in ${files.certFile}`);
  if (certificate.validToDate < now)
    throw bad(`the certificate in ${files.certFile} has ended on ${certificate.validToDate.toISOString()}`);
  if ((statSync(files.keyFile).mode & 0o007) !== 0)
    throw bad(`everybody on this machine may get at ${files.keyFile}: chmod o= it`);
  return { cert, key, validTo: certificate.validToDate };
}

/** Gives a server that runs the certificate anew when its file has changed; what is wrong with a new one is said, and the one before stays. `taken` is told of each that is in use from now on. */
export function followRenewals(
  server: Server,
  files: TlsFiles,
  log: Logger,
  taken: (certificate: TlsCertificate) => void,
): { stop: () => void } {
  let seen = changedAt(files);
  const timer = setInterval(() => {
    const at = changedAt(files);
    if (at === seen) return;
    seen = at;
    try {
      const renewed = readTlsCertificate(files);
      server.setSecureContext({ cert: renewed.cert, key: renewed.key });
      taken(renewed);
      log.info({ file: files.certFile }, 'the certificate of the APIs was changed, and is in use');
    } catch (error) {
      log.error({ err: error }, 'the certificate of the APIs was changed, and the former one stays in use');
    }
  }, lookEveryMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

function changedAt({ certFile, keyFile }: TlsFiles): string {
  return [certFile, keyFile].map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0).join();
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw bad(`${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
}

function parsed<T>(file: string, what: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    throw bad(`${file} is no ${what} in PEM`, cause);
  }
}

function bad(why: string, cause?: unknown): StartError {
  return new StartError('bad-certificate', `TLS for the APIs: ${why}.`, cause);
}
