import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallOptions } from '../../rpc/call-options.ts';
import { attempt } from '../../transport/attempt.ts';
import { LastWords } from '../../transport/last-words.ts';
import { readCredentialCache, type Ticket } from './credential-cache.ts';
import { KerberosError } from './kerberos-error.ts';

/** libvirt's name among the services of a host. */
const service = 'libvirt';

/**
 * A ticket for libvirt on a host, from whatever the user's own tickets are kept in: MIT's `kvno` asks the realm with them,
 * and finds out the host's full name, just as libvirt's own client does. The file that it writes is read and removed.
 * Rejects with ClientError `auth-required` where there is no ticket, `deadline-exceeded` and `aborted`; with KerberosError
 * for one that cannot be read.
 */
export async function obtainTicket(host: string, options: CallOptions): Promise<Ticket> {
  // For nobody else to read: a ticket with its key is as good as a password, for some hours.
  const folder = await mkdtemp(join(tmpdir(), 'ferry-ticket-'));
  try {
    const cache = join(folder, 'cache');
    await askKvno(host, cache, options);
    const tickets = readCredentialCache(await readFile(cache));
    const ticket = tickets.findLast(({ server }) => server.names[0] === service);
    if (ticket === undefined) throw new KerberosError(`kvno has got no ticket for ${service} on ${host}`);
    return ticket;
  } finally {
    // A kvno that was just killed may be writing its last file.
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function askKvno(host: string, cache: string, options: CallOptions): Promise<void> {
  return attempt(`No Kerberos ticket for ${service} on ${host}`, options, ({ done, fail }) => {
    const args = ['-q', '--out-cache', `FILE:${cache}`, '-S', service, '--', host];
    const kvno = spawn('kvno', args, { stdio: ['ignore', 'ignore', 'pipe'] });
    const words = new LastWords();
    kvno.stderr.on('data', (piece: Buffer) => words.hear(piece));
    kvno.once('error', (cause) =>
      fail(
        'auth-required',
        `kvno cannot be started (${cause.message}). Install it: Debian has it in the package krb5-user, 1.19 or later`,
        cause,
      ),
    );
    kvno.once('close', (code, signal) => {
      if (code === 0) done();
      else fail('auth-required', whyNone(code, signal, words.text));
    });
    return (failed) => {
      if (failed) kvno.kill('SIGKILL');
    };
  });
}

function whyNone(code: number | null, signal: string | null, words: string): string {
  const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
  const said = words === '' ? 'it said nothing' : `it said "${words}"`;
  return `kvno ended ${how}; ${said}. See whether klist shows a ticket of this user that has not expired: kinit gets one`;
}
