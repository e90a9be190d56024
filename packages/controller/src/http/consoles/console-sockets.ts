import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ProblemCode, problems } from '@ferry/api';
import { type WebSocket, WebSocketServer, createWebSocketStream } from 'ws';
import { type ConsoleEnd, ConsoleSession } from '../../operations/consoles/console-session.ts';
import { refusalOfFailure } from '../../operations/engine/refusal-of-failure.ts';
import { problemBody } from '../routing/problem-reply.ts';
import type { App, Api } from '../routing/api.ts';
import type { ConsoleGrant } from '../../store/instances/console-token-store.ts';
import { streamPath, consoleTokenOf, partsOf } from './console-pages.ts';
import { isFromOwnPage, knownOrigins } from './own-origin.ts';
import { holdsConsole, readGrant } from '../../operations/consoles/console-grants.ts';

const maxMessageBytes = 1024 * 1024;
/** How long a peer that is told of the end may take to go, the controller's own end included. */
const farewellMs = 500;
/** The same of one that was refused, and has an answer to read. */
const refusedMs = 5_000;

/** Codes of RFC 6455, 7.4; those from 4000 on are Ferry's own, named after the status codes of HTTP. */
const closeCodes: Readonly<Record<ConsoleEnd['kind'], number>> = {
  left: 1000,
  off: 1000,
  gone: 4404,
  'taken-over': 4409,
  unreachable: 4502,
};

/** Of the same kind: a role was taken away, a user disabled, a token revoked, the instance given to another project. */
const notYoursAnyMore = 4403;

/**
 * Whether a request asks for a console's WebSocket: at its own path, or with a token at any, as clients of Nova's proxies do.
 * No other upgrade is one of Ferry's.
 */
export function wantsConsole(request: IncomingMessage): boolean {
  if (request.headers.upgrade?.toLowerCase() !== 'websocket') return false;
  return partsOf(request).path === streamPath || consoleTokenOf(request) !== null;
}

/** Consoles as WebSockets: bytes of the guest both ways, in binary messages. The token is the permission. */
export function consoleSockets(app: App, api: Api): void {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    // Clients of OpenStack's proxies offer `binary` and `base64`, and wait for one of them.
    handleProtocols: chooseProtocol,
  });
  // With a token any path is one: clients of Nova's proxies have paths of their own.
  for (const url of [streamPath, '/*'])
    app.declaredRoutes.push({ method: 'UPGRADE', url, access: { kind: 'console-token' } });
  // Node does not count what was upgraded among a server's connections, and waits for each to end.
  const upgraded = new Set<Duplex>();
  let stops = false;
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => undefined);
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
    open(app, api, server, request).then(
      ({ session, grant }) => {
        // One whose handshake comes to nothing, too.
        socket.once('close', () => void session.close());
        if (stops) socket.destroy();
        if (socket.destroyed) return session.close();
        server.handleUpgrade(request, socket, head, (peer) => void serve(app, api, { session, grant }, peer));
        return undefined;
      },
      (error: unknown) => refuse(app, request, socket, error),
    );
  });
  app.addHook('preClose', async () => {
    stops = true;
    const peers = [...server.clients];
    const pending = upgraded.size - peers.length;
    if (upgraded.size > 0) app.log.info({ consoles: peers.length, pending }, 'consoles are closed');
    for (const peer of peers) peer.close(1012, 'the controller stops');
    // Whoever was not given one yet is told nothing any more; a peer that does not answer is not waited for.
    if (peers.length > 0) await gone(peers, farewellMs);
    for (const socket of upgraded) socket.destroy();
  });
}

/** Waits until all of them have gone, so long at most. */
async function gone(peers: readonly WebSocket[], maxMs: number): Promise<void> {
  const late = AbortSignal.timeout(maxMs);
  const all = peers.map((peer) => once(peer, 'close', { signal: late }).catch(() => undefined));
  await Promise.all(all);
}

/** A console that is open, and to whom it was granted. */
interface Opened {
  readonly session: ConsoleSession;
  readonly grant: ConsoleGrant;
}

async function open(app: App, api: Api, server: WebSocketServer, request: IncomingMessage): Promise<Opened> {
  const known = knownOrigins(request, app.place);
  if (!isFromOwnPage(request, known))
    throw new SocketRefusal(
      'console-origin-refused',
      `The page is of ${request.headers.origin ?? ''}, and consoles are for pages of ${known.join(', ')}.`,
    );
  const { query } = partsOf(request);
  const grant = await readGrant(api, consoleTokenOf(request) ?? '');
  if (grant === null) throw new SocketRefusal('console-refused');
  if (server.clients.size >= api.services.limits.maxConsoles) throw new SocketRefusal('too-many-consoles');
  const session = await ConsoleSession.open(api.services, grant, query.get('force') === '1');
  await audit(app, api, request, grant);
  return { session, grant };
}

/** Whoever has a console is at the machine: that they have is written down. */
async function audit(
  app: App,
  api: Api,
  request: IncomingMessage,
  { authToken, instanceId, kind }: ConsoleGrant,
): Promise<void> {
  const actor = await api.actorOf(authToken);
  if (actor === null) return;
  const address = app.place.proxies.clientAddress(request);
  const record = {
    action: 'ferry:console.open',
    address,
    requestId: '',
    target: { instance: instanceId, kind },
  };
  await api.store.audit
    .record({ ...actor, ...record, result: 'done', status: 101 })
    .catch((error: unknown) => app.log.error({ err: error, record }, 'the audit log could not be written'));
}

async function serve(app: App, api: Api, { session, grant }: Opened, peer: WebSocket): Promise<void> {
  const { consoleBeatMs: beatMs, consoleRightMs: rightMs } = api.services.limits;
  // A peer that does not answer is gone: its console is free for others.
  let isAlive = true;
  const beat = setInterval(() => {
    if (!isAlive) return peer.terminate();
    isAlive = false;
    return peer.ping();
  }, beatMs);
  peer.on('pong', () => (isAlive = true));
  const right = setInterval(() => {
    holdsConsole(api, grant).then(
      (holds) => {
        if (holds) return;
        peer.close(notYoursAnyMore, 'the right to this console has ended');
        // At once, and not when the peer agrees: until then it could go on typing.
        void session.close();
      },
      // Nobody could be asked about the right: it is asked again.
      () => undefined,
    );
  }, rightMs);
  const wire = peer.protocol === 'base64' ? 'base64' : 'binary';
  try {
    const { kind, message } = await session.serve({
      typed: typedOf(peer, wire),
      show: (bytes) => show(peer, wire, bytes),
    });
    peer.close(closeCodes[kind], message);
  } catch (error) {
    app.log.error({ err: error }, 'a console failed inside');
    peer.close(1011, 'something went wrong inside the controller');
  } finally {
    clearInterval(beat);
    clearInterval(right);
  }
}

/** What this file refuses by itself. */
class SocketRefusal extends Error {
  override readonly name = 'SocketRefusal';
  readonly code: ProblemCode;

  constructor(code: ProblemCode, message: string = problems[code].message) {
    super(message);
    this.code = code;
  }
}

/**
 * Before there is a WebSocket, a refusal is a reply of HTTP; at a path of Nova's proxies without a body, whose clients read
 * on as if there were a WebSocket. The address has a token in it, and is not logged.
 */
function refuse(app: App, request: IncomingMessage, socket: Duplex, error: unknown): void {
  const refusal = error instanceof SocketRefusal ? error : refusalOfFailure(error);
  if (refusal === null) app.log.error({ err: error }, 'a console could not be opened');
  const code = refusal?.code ?? 'internal';
  const isOwn = partsOf(request).path === streamPath;
  const body = isOwn ? JSON.stringify(problemBody(code, refusal?.message)) : '';
  const head = [
    `HTTP/1.1 ${problems[code].status} Refused`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  // Whoever stays all the same keeps nothing open.
  setTimeout(() => socket.destroy(), refusedMs).unref();
}

/** How bytes are in messages: as they are, or as the text that websockify's first clients have (`base64`). */
type Wire = 'binary' | 'base64';

/**
 * What a client offers and Ferry speaks, in the order of websockify; false: none is told, and bytes are sent as they are.
 */
function chooseProtocol(offered: ReadonlySet<string>): Wire | false {
  if (offered.has('binary')) return 'binary';
  return offered.has('base64') ? 'base64' : false;
}

/**
 * What is typed, message by message; texts are bytes too. While nobody takes it the peer's socket is paused, so that no more
 * than a message is kept.
 */
async function* typedOf(peer: WebSocket, wire: Wire): AsyncGenerator<Uint8Array> {
  const messages = createWebSocketStream(peer, { readableObjectMode: true, readableHighWaterMark: 1 });
  messages.on('error', () => undefined);
  for await (const message of messages as AsyncIterable<Buffer | string>)
    yield wire === 'base64'
      ? Buffer.from(message.toString(), 'base64')
      : Buffer.isBuffer(message)
        ? message
        : Buffer.from(message, 'utf8');
}

/** Waits until the peer's socket has taken it. */
function show(peer: WebSocket, wire: Wire, bytes: Uint8Array): Promise<void> {
  const message = wire === 'base64' ? Buffer.from(bytes).toString('base64') : bytes;
  return new Promise((resolve, reject) => {
    peer.send(message, { binary: wire === 'binary' }, (error) => (error ? reject(error) : resolve()));
  });
}
