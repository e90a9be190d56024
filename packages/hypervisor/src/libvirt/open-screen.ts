import { spawn } from 'node:child_process';
import { lookup } from 'node:dns/promises';
import { connect, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { Duplex } from 'node:stream';
import type { SecureContext } from 'node:tls';
import { clientTlsContext, leadsBack, type LibvirtUri, shellCommand } from '@ferry/libvirt';
import type { Call } from '../contract/call.ts';
import type { ConsoleStream } from '../contract/host-guests.ts';
import { securedScreen } from './secured-screen.ts';

/** How a screen is reached: an address that the controller dials, or one that the host dials itself, in its shell. */
type ScreenWay =
  | { readonly kind: 'tcp'; readonly address: string }
  | { readonly kind: 'shell'; readonly address: string; readonly because: string };

/** Addresses of a name; none where there are none. */
type Resolve = (name: string) => Promise<readonly string[]>;

const everywhere: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/**
 * The way to a screen that a host says listens somewhere. What the controller dials is the very address by which it
 * reaches the host, whatever the host says: a host must not have it talk to its own ports, or to those of a third. Names
 * are looked up once, and what was found is what is dialled.
 */
export async function screenWay(
  { address: way }: LibvirtUri,
  address: string,
  resolve: Resolve = addressesOf,
): Promise<ScreenWay> {
  const [said = address, ...more] = await resolve(address === '' ? '::' : address);
  const listens = [said, ...more].map((one) => plain(one));
  if (way.kind === 'unix' && way.socket === null) return wayHere(listens);
  const name = 'host' in way ? way.host : null;
  const found = name === null ? [] : (await resolve(name)).map((one) => plain(one));
  // A host whose URI says the loopback is meant to be this machine; one whose name leads there is not.
  const own = name !== null && leadsBack(name) ? found : found.filter((one) => !leadsBack(one));
  const reached = listens.some((one) => everywhere.has(one))
    ? own[0]
    : listens.find((one) => own.includes(one));
  if (reached !== undefined) return { kind: 'tcp', address: reached };
  const places = own.length === 0 ? 'an address of its own' : own.join(', ');
  return {
    kind: 'shell',
    address: listens.some((one) => everywhere.has(one)) ? '127.0.0.1' : said,
    because: leadsBack(said)
      ? `${said} is its host's own loopback`
      : `the controller reaches the host by ${places}, and not by ${said}`,
  };
}

function wayHere(listens: readonly string[]): ScreenWay {
  const isEverywhere = listens.some((one) => everywhere.has(one));
  const here = Object.values(networkInterfaces()).flatMap((all = []) => all.map((one) => plain(one.address)));
  const found = listens.find((one) => leadsBack(one) || here.includes(one));
  if (isEverywhere || found === undefined) return { kind: 'tcp', address: '127.0.0.1' };
  return { kind: 'tcp', address: found };
}

async function addressesOf(name: string): Promise<string[]> {
  const found = await lookup(name, { all: true }).catch(() => []);
  return found.map(({ address }) => address);
}

/** One spelling of an address: of IPv6 the shortest, of an IPv4 address within IPv6 that one. */
function plain(address: string): string {
  if (isIP(address) !== 6 || address.includes('%')) return address;
  const short = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(short);
  if (mapped === null) return short;
  const bytes = [mapped[1], mapped[2]].map((half) => Number.parseInt(half ?? '', 16));
  return bytes.flatMap((half) => [half >> 8, half & 0xff]).join('.');
}

const defaultDeadlineMs = 10_000;

/** Joins its own input and output with a TCP port of its machine: python3 alone, as everything of Ferry's on a host. */
const joining = [
  'import os,select,socket,sys',
  's=socket.create_connection((sys.argv[1],int(sys.argv[2])),10)',
  's.settimeout(None)',
  'while True:',
  ' r=select.select([0,s],[],[])[0]',
  ' if 0 in r:',
  '  d=os.read(0,65536)',
  '  if not d: break',
  '  s.sendall(d)',
  ' if s in r:',
  '  d=s.recv(65536)',
  '  if not d: break',
  '  while d: d=d[os.write(1,d):]',
].join('\n');

/**
 * A connection to a screen of a host: by TCP where it listens on the address by which the controller reaches the host,
 * through the host's shell where it listens elsewhere, as on the host's own loopback. Throws an Error that says what was tried.
 */
export async function openScreen(
  uri: LibvirtUri,
  { address, port, tls = false }: { readonly address: string; readonly port: number; readonly tls?: boolean },
  { signal, deadlineMs = defaultDeadlineMs }: Call,
  resolve?: Resolve,
): Promise<ConsoleStream> {
  const limit = AbortSignal.timeout(deadlineMs);
  const either = signal === undefined ? limit : AbortSignal.any([signal, limit]);
  const way = await inTime(screenWay(uri, address, resolve), either);
  if (way.kind === 'tcp') return byTcp(way.address, port, tls ? await secureOf(uri) : null, either);
  if (!tls) return throughShell(uri, way, port, either);
  throw new Error(
    `the screen listens on ${way.address}:${port}, which its host alone dials (${way.because}), and TLS is set for it (--screen-tls): it takes a screen that listens on the address by which the controller reaches the host (--screen-address)`,
  );
}

/** A name is looked up by the system, which nobody stops. */
async function inTime<T>(work: Promise<T>, limit: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(new Error('where the screen listens was not found in time'));
  limit.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    limit.removeEventListener('abort', onAbort);
  }
}

/** What TLS with a host is done with: the name in its URI, and the certificates that its libvirtd is reached with. */
interface Secure {
  readonly host: string;
  readonly context: SecureContext;
}

async function secureOf({ address }: LibvirtUri): Promise<Secure> {
  if (!('host' in address)) throw new Error('the URI names no host whose certificate could be looked at');
  const pkipath = address.kind === 'tls' ? address.pkipath : null;
  return { host: address.host.replace(/%.*$/, ''), context: await clientTlsContext(pkipath) };
}

async function byTcp(
  host: string,
  port: number,
  secure: Secure | null,
  limit: AbortSignal,
): Promise<ConsoleStream> {
  const socket = connect({ host, port });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onAbort = (): void => reject(new Error('no answer in time'));
  socket.once('connect', resolve);
  socket.on('error', reject);
  limit.addEventListener('abort', onAbort, { once: true });
  try {
    await promise;
    socket.setNoDelay(true);
    return secure === null ? new DuplexStream(socket) : await securedScreen(socket, secure, limit);
  } catch (cause) {
    socket.destroy();
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `the screen listens on ${host}:${port}, which is not reached from the controller${secure === null ? '' : ' by TLS'}: ${why}`,
      {
        cause,
      },
    );
  } finally {
    limit.removeEventListener('abort', onAbort);
  }
}

/** QEMU greets first (RFC 6143, 7.1.1), so that the first bytes show the way to be open. */
async function throughShell(
  uri: LibvirtUri,
  { address, because }: { readonly address: string; readonly because: string },
  port: number,
  limit: AbortSignal,
): Promise<ConsoleStream> {
  const command = shellCommand(uri, `exec python3 -c '${joining}' ${quoted(address)} ${port}`);
  if (command === null)
    throw new Error(
      `the screen listens on ${address}:${port}, which its host alone dials (${because}), and the host's URI gives no shell there: let it listen on the address by which the controller reaches the host (<listen type='address' address='…'/>), or reach the host by qemu+ssh`,
    );
  const child = spawn(command.file, command.args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let words = '';
  child.stderr.on('data', (piece: Buffer) => (words = (words + piece.toString('utf8')).slice(-500)));
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  child.on('error', reject);
  child.on('close', (code) =>
    reject(new Error(`its shell ended with ${code ?? 'a signal'}: ${words.trim()}`)),
  );
  const onAbort = (): void => reject(new Error('no answer in time'));
  limit.addEventListener('abort', onAbort, { once: true });
  child.stdin.on('error', () => undefined);
  // Told at the end of it too, when there is nothing to be read.
  const onReadable = (): void => {
    if (child.stdout.readableLength > 0) resolve();
  };
  child.stdout.on('readable', onReadable);
  try {
    await promise;
    return new DuplexStream(Duplex.from({ readable: child.stdout, writable: child.stdin }));
  } catch (cause) {
    child.kill('SIGTERM');
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `the screen on ${address}:${port} of its host was tried through the host's shell: ${why}`,
      { cause },
    );
  } finally {
    child.stdout.off('readable', onReadable);
    limit.removeEventListener('abort', onAbort);
  }
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** A stream of the system as a console. */
class DuplexStream implements ConsoleStream {
  readonly #duplex: Duplex;

  constructor(duplex: Duplex) {
    this.#duplex = duplex;
    // Whoever reads or writes is told; an error between the two is nobody's.
    duplex.on('error', () => undefined);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for await (const piece of this.#duplex) yield piece as Buffer;
  }

  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#duplex.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
  }

  close(): Promise<void> {
    this.#duplex.destroy();
    return Promise.resolve();
  }
}
