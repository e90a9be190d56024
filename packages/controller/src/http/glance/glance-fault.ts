import { STATUS_CODES } from 'node:http';
import { problems } from '@ferry/api';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { refusalOfFailure } from '../../operations/engine/refusal-of-failure.ts';

/** A request to the image API that is refused. */
export class GlanceFault extends Error {
  override readonly name = 'GlanceFault';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Answers with what was thrown, in the form that Glance's framework gives to clients that ask for JSON. */
export function sendGlanceFault(request: FastifyRequest, reply: FastifyReply, error: unknown): FastifyReply {
  const { status, message } = faultOf(request, error);
  const title = STATUS_CODES[status] ?? 'Error';
  return reply.code(status).send({ message, code: `${status} ${title}`, title });
}

function faultOf(request: FastifyRequest, error: unknown): { status: number; message: string } {
  if (error instanceof GlanceFault) return error;
  const refusal = refusalOfFailure(error);
  if (refusal !== null) {
    const { status, remedy } = problems[refusal.code];
    return { status, message: [refusal.message, remedy].filter((part) => part !== '').join(' ') };
  }
  const known = error !== null && typeof error === 'object' && 'statusCode' in error ? error.statusCode : 500;
  if (typeof known === 'number' && known >= 400 && known < 500)
    return { status: known, message: error instanceof Error ? error.message : String(error) };
  request.log.error({ err: error, url: request.url }, 'a request of the image API failed inside');
  return { status: 500, message: `It failed inside. Ferry's log has the reason under ${request.requestId}.` };
}
