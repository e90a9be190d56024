import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CertificateRequestsBody, ConfigureHostBody, FerryClient } from '@ferry/api';
import { CommanderError } from '@commander-js/extra-typings';

const roles = ['libvirt-server', 'libvirt-client', 'qemu', 'vnc'] as const;

type Signed = NonNullable<ConfigureHostBody['certificates']>;

/** What was written for one host. */
interface WrittenRequests extends CertificateRequestsBody {
  readonly files: readonly string[];
}

/** Has keys made on hosts, and writes the requests for their certificates: DIRECTORY/HOST-ROLE.csr. */
export async function writeRequests(
  client: FerryClient,
  hosts: readonly string[],
  directory: string,
  anew: boolean,
): Promise<WrittenRequests[]> {
  mkdirSync(directory, { recursive: true });
  const written: WrittenRequests[] = [];
  for (const host of hosts) {
    const made = await client.requestCertificates(host, { anew });
    const files = made.requests.map(({ role, request }) => {
      const path = join(directory, `${made.host}-${role}.csr`);
      writeFileSync(path, request);
      return path;
    });
    written.push({ ...made, files });
  }
  return written;
}

/** What was written, and what to do with it. */
export function formatRequests(written: readonly WrittenRequests[]): string {
  const blocks = written.map(({ host, names, files }) =>
    [`${host}, for ${names.join(', ')}`, ...files.map((file) => `  ${file}`)].join('\n'),
  );
  return [
    ...blocks,
    'Have them signed as they are: names, and for what they are to be good, stand in them. The keys wait on the hosts. Then, in one directory, ca.crt and beside it HOST-ROLE.crt for each: ferry host configure HOST… --certificates DIRECTORY',
  ].join('\n\n');
}

/** What was signed for a host, from a directory: ca.crt, and HOST-ROLE.crt (or .pem) of its roles that are there. */
export function readSigned(directory: string, host: string): Signed {
  const read = (name: string): string | null => {
    const path = ['crt', 'pem']
      .map((end) => join(directory, `${name}.${end}`))
      .find((one) => existsSync(one));
    return path === undefined ? null : readFileSync(path, 'utf8');
  };
  const authority = read('ca');
  if (authority === null)
    throw new CommanderError(
      2,
      'ferry.usage',
      `there is no ca.crt in ${directory}: the certificate of the authority`,
    );
  const signed = roles.flatMap((role) => {
    const certificate = read(`${host}-${role}`);
    return certificate === null ? [] : [{ role, certificate }];
  });
  if (signed.length === 0)
    throw new CommanderError(
      2,
      'ferry.usage',
      `there is no ${host}-ROLE.crt in ${directory} (${roles.join(', ')})`,
    );
  return { authority, signed };
}
