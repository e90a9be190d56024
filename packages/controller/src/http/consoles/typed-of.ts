import { createWebSocketStream, type WebSocket } from 'ws';

/** How bytes are in messages: as they are, or as the text that websockify's first clients have (`base64`). */
export type Wire = 'binary' | 'base64';

/**
 * What a client offers and Ferry speaks, in the order of websockify; false: none is told, and bytes are sent as they are.
 */
export function chooseProtocol(offered: ReadonlySet<string>): Wire | false {
  if (offered.has('binary')) return 'binary';
  return offered.has('base64') ? 'base64' : false;
}

/**
 * What is typed, message by message; texts are bytes too. While nobody takes it the peer's socket is paused, so that no more
 * than a message is kept.
 */
export async function* typedOf(peer: WebSocket, wire: Wire): AsyncGenerator<Uint8Array> {
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
export function show(peer: WebSocket, wire: Wire, bytes: Uint8Array): Promise<void> {
  const message = wire === 'base64' ? Buffer.from(bytes).toString('base64') : bytes;
  return new Promise((resolve, reject) => {
    peer.send(message, { binary: wire === 'binary' }, (error) => (error ? reject(error) : resolve()));
  });
}
