import type { FastifyRequest } from 'fastify';
import type { App } from './api.ts';

/** Objects and lists in each other in a body; no body that a route takes has ten. */
const maxDepth = 64;

/** A request that no route has to look at. */
class BadRequest extends Error {
  override readonly name = 'BadRequest';
  /** Fastify's field, and that of each API's error handler. */
  readonly statusCode = 400;
}

/** Refuses what could only go wrong further inside: a Host that is none, and NUL, which PostgreSQL and files have in no text. */
export function refuseHostileRequests(app: App): void {
  app.addHook('onRequest', (request, _reply, done) => done(problemOf(request)));
}

function problemOf({ url, headers }: FastifyRequest): Error | undefined {
  if (/%00/.test(url)) return new BadRequest('The address has a NUL in it.');
  for (const name of ['host', 'x-forwarded-host', 'x-forwarded-proto'] as const) {
    const [text = ''] = [headers[name]].flat();
    // Of several, the first is believed.
    const first = text.split(',')[0]?.trim() ?? '';
    const isGood = name === 'x-forwarded-proto' ? /^(?:https?)?$/i.test(first) : isHost(first);
    if (!isGood) return new BadRequest(`The header ${name} has ${JSON.stringify(first.slice(0, 64))}.`);
  }
  return undefined;
}

/** A name or an address, and perhaps a port: RFC 9110, 7.2. Clients of HTTP/1.0 and of a socket may name none. */
function isHost(text: string): boolean {
  if (text === '') return true;
  return (
    /^(?:[\w.-]{1,255}|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i.test(text) && URL.canParse(`http://${text}`)
  );
}

/** Takes JSON as Fastify does, within bounds; an empty body is none. `types`: content types beside `application/json`. */
export function takeJson(app: App, ...types: readonly string[]): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser(
    types.length === 0 ? 'application/json' : [...types],
    { parseAs: 'string' },
    (request, body, done) => {
      const text = String(body);
      // Some clients name a type for a body that they do not send, in a DELETE for one; where a body is needed its schema says so.
      if (text === '') return done(null, undefined);
      if (isDeep(text)) return done(new BadRequest(`The body is nested more than ${maxDepth} deep.`));
      if (/(?<!\\)(?:\\\\)*\\u0000/.test(text)) return done(new BadRequest('The body has a NUL in it.'));
      return parse(request, text, done);
    },
  );
}

/** Looked at before anything is built of it, in time that grows with its length. */
function isDeep(text: string): boolean {
  let depth = 0;
  let inText = false;
  for (let index = 0; index < text.length; index += 1) {
    const one = text[index];
    if (inText) {
      if (one === '\\') index += 1;
      else if (one === '"') inText = false;
    } else if (one === '"') inText = true;
    else if (one === '[' || one === '{') {
      depth += 1;
      if (depth > maxDepth) return true;
    } else if (one === ']' || one === '}') depth -= 1;
  }
  return false;
}
