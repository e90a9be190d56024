import { Readable } from 'node:stream';
import { EventFilterSchema } from '@ferry/api';
import { Type } from 'typebox';
import { ferry } from '../access/access.ts';
import type { FastifyRequest } from 'fastify';
import { tokenOf } from '../openstack/authenticate.ts';
import type { Api, App, RouteOptions } from '../routing/api.ts';

const keepAliveMs = 15_000;
/** Pause between two looks whether the caller's token is still good. */
const lookMs = 2_000;

/** Events as server-sent events; from now on, or from where `Last-Event-ID` left off after a break. */
export function eventRoutes(app: App, { api }: RouteOptions): Promise<void> {
  app.get(
    '/events',
    {
      config: { access: ferry('reader') },
      schema: {
        summary: 'What happens, as server-sent events (text/event-stream)',
        querystring: Type.Object(
          {
            ...EventFilterSchema.properties,
            after: Type.Optional(
              Type.String({
                pattern: '^[0-9]{1,15}$',
                description: 'begin after this sequence number; the heading Last-Event-ID goes before it',
              }),
            ),
          },
          { additionalProperties: false },
        ),
      },
    },
    (request, reply) => {
      const { after: begin, ...filter } = request.query;
      const after = Number(request.headers['last-event-id'] ?? begin ?? Number.NaN);
      const gone = new AbortController();
      request.raw.socket.once('close', () => gone.abort());
      endWithToken(request, api, gone);
      const start = Number.isSafeInteger(after) && after >= 0 ? after : null;
      const stream = Readable.from(frames(api.store.events.follow(start, gone.signal, filter), gone.signal));
      stream.once('close', () => gone.abort());
      return reply
        .header('content-type', 'text/event-stream')
        .header('cache-control', 'no-store')
        .send(stream);
    },
  );
  return Promise.resolve();
}

/** Ends a stream whose token is good no more. A question that cannot be asked ends nothing: it is asked again. */
function endWithToken(request: FastifyRequest, api: Api, gone: AbortController): void {
  const token = tokenOf(request);
  const looking = setInterval(() => {
    const role = token === null ? Promise.resolve(null) : api.roleOf(token);
    role.then(
      (found) => (found === null ? gone.abort() : undefined),
      () => undefined,
    );
  }, lookMs);
  looking.unref();
  gone.signal.addEventListener('abort', () => clearInterval(looking), { once: true });
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
    // The source ends with the signal, too.
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
