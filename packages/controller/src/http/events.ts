import { Readable } from 'node:stream';
import { ferry } from './access/access.ts';
import type { App, RouteOptions } from './route-options.ts';

const keepAliveMs = 15_000;

/** Events as server-sent events; from now on, or from where `Last-Event-ID` left off after a break. */
export function eventRoutes(app: App, { controls }: RouteOptions): Promise<void> {
  app.get(
    '/events',
    {
      config: { access: ferry('reader') },
      schema: { summary: 'What happens, as server-sent events (text/event-stream)' },
    },
    (request, reply) => {
      const after = Number(request.headers['last-event-id'] ?? Number.NaN);
      const gone = new AbortController();
      request.raw.socket.once('close', () => gone.abort());
      const start = Number.isSafeInteger(after) && after >= 0 ? after : null;
      const stream = Readable.from(frames(controls.events(start, gone.signal), gone.signal));
      stream.once('close', () => gone.abort());
      return reply
        .header('content-type', 'text/event-stream')
        .header('cache-control', 'no-store')
        .send(stream);
    },
  );
  return Promise.resolve();
}

/** Frames of the stream, with a comment now and then so that a proxy does not end a silent connection. */
async function* frames(
  events: AsyncIterable<{ sequence: number; kind: string }>,
  signal: AbortSignal,
): AsyncGenerator<string> {
  yield ': here\n\n';
  const source = events[Symbol.asyncIterator]();
  let next = source.next();
  while (!signal.aborted) {
    const result = await Promise.race([next, silence()]);
    if (result === 'silence') {
      yield ': still here\n\n';
      continue;
    }
    if (result.done === true) return;
    const event = result.value;
    yield `id: ${event.sequence}\nevent: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`;
    next = source.next();
  }
}

function silence(): Promise<'silence'> {
  return new Promise((resolve) => {
    setTimeout(resolve, keepAliveMs, 'silence').unref();
  });
}
