import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { inProject } from '../access/access.ts';
import { hidden } from '../access/require-access.ts';
import type { App, RouteOptions } from '../routing/api.ts';
import { GlanceFault } from './glance-fault.ts';
import { downloadImage, uploadImage } from '../../operations/image-library/image-content.ts';
import { findLibraryImage } from '../../operations/image-library/library-images.ts';

type OneImage = FastifyRequest<{ Params: { id: string } }>;

/** `/v2/images/ID/file`: the bytes of an image, there and back. */
export function imageDataRoutes(app: App, { api }: RouteOptions): void {
  // Bytes are taken as they come: no limit of the body's size holds for a stream.
  app.addContentTypeParser('application/octet-stream', (_request, payload, done) => done(null, payload));
  app.put(
    '/v2/images/:id/file',
    hidden(inProject('member', 'upload_image')),
    async (request: OneImage, reply) => {
      if (!(request.body instanceof Readable))
        throw new GlanceFault(415, 'The bytes of an image come as application/octet-stream.');
      const expectedBytes = Number(request.headers['content-length'] ?? 0);
      await uploadImage(api.services, request.caller, request.params.id, request.body, expectedBytes);
      return reply.code(204).send();
    },
  );
  app.get(
    '/v2/images/:id/file',
    hidden(inProject('token', 'download_image')),
    async (request: OneImage, reply) => sendBytes(request, reply),
  );

  async function sendBytes(request: OneImage, reply: FastifyReply): Promise<FastifyReply> {
    const image = await findLibraryImage(api.services, request.caller, request.params.id);
    const { content } = image;
    if (content === null) return reply.code(204).send();
    const { lengthBytes, md5 } = content;
    const range = readRange(request.headers.range, lengthBytes);
    void reply.header('Accept-Ranges', 'bytes').type('application/octet-stream');
    if (range.kind === 'beyond') {
      void reply.header('Content-Range', `bytes */${lengthBytes}`);
      throw new GlanceFault(416, `The image has ${lengthBytes} bytes, and none of those asked for.`);
    }
    if (range.kind === 'all') {
      // An empty image has no last byte to read up to.
      if (lengthBytes === 0) return reply.header('Content-Length', 0).send('');
      const bytes = await downloadImage(api.services, image, { start: 0, end: lengthBytes - 1 });
      void reply.header('Content-Length', lengthBytes);
      return reply.header('Content-MD5', md5).send(bytes);
    }
    const { start, end } = range;
    const bytes = await downloadImage(api.services, image, { start, end });
    void reply.code(206).header('Content-Range', `bytes ${start}-${end}/${lengthBytes}`);
    return reply.header('Content-Length', end - start + 1).send(bytes);
  }
}

/** The bytes that are wanted of so many: all, some (both ends included), or some that there are not. */
type ReadRange =
  | { readonly kind: 'all' }
  | { readonly kind: 'part'; readonly start: number; readonly end: number }
  | { readonly kind: 'beyond' };

/** Reads a `Range` header (RFC 9110, 14): one range of bytes; of several, or in other units, all is given. */
function readRange(header: string | undefined, lengthBytes: number): ReadRange {
  const [whole, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '') ?? [];
  if (whole === undefined || (first === '' && last === '')) return { kind: 'all' };
  if (first === '') {
    const start = Math.max(0, lengthBytes - Number(last));
    return Number(last) === 0 ? { kind: 'beyond' } : { kind: 'part', start, end: lengthBytes - 1 };
  }
  const start = Number(first);
  const end = last === '' ? lengthBytes - 1 : Math.min(Number(last), lengthBytes - 1);
  if (last !== '' && Number(last) < start) return { kind: 'all' };
  return start >= lengthBytes ? { kind: 'beyond' } : { kind: 'part', start, end };
}
