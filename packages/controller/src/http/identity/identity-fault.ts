import {
  identityFaultBody,
  type IdentityFaultStatus,
  identityFaultStatus,
  type ProblemCode,
  problems,
} from '@ferry/api';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { refusalOfFailure } from '../../operations/engine/refusal-of-failure.ts';
import { TooManyAttempts } from '../../operations/engine/refusal.ts';
import { publicUrl } from '../openstack/public-url.ts';

/** A request to the identity API that is refused. */
export class IdentityFault extends Error {
  override readonly name = 'IdentityFault';
  readonly status: IdentityFaultStatus;

  constructor(status: IdentityFaultStatus, message: string) {
    super(message);
    this.status = status;
  }
}

/** A refusal as it is told. */
interface Fault {
  readonly status: IdentityFaultStatus;
  readonly message: string;
  readonly problem: ProblemCode;
}

/** Answers with what was thrown, in Keystone's form. */
export function sendIdentityFault(
  request: FastifyRequest,
  reply: FastifyReply,
  error: unknown,
): FastifyReply {
  const { status, message, problem } = faultOf(request, error);
  // For Ferry's own client: the body is Keystone's, and has no room for it.
  void reply.header('X-Ferry-Problem', problem);
  if (status === 401) void reply.header('WWW-Authenticate', `Keystone uri="${identityUrl(request)}"`);
  if (error instanceof TooManyAttempts)
    void reply.header('Retry-After', Math.ceil(error.retryAfterMs / 1000));
  // Why somebody is not let in is nobody's business but the log's.
  const told = status === 401 ? 'The request you have made requires authentication.' : message;
  return reply.code(status).send(identityFaultBody(status, told));
}

/** What a refusal is called that has a status alone. */
const problemNames: Partial<Record<IdentityFaultStatus, ProblemCode>> = {
  400: 'bad-request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'route-not-found',
};

function faultOf(request: FastifyRequest, error: unknown): Fault {
  if (error instanceof IdentityFault) return named(error.status, error.message);
  const refusal = refusalOfFailure(error);
  if (refusal !== null) {
    const status = identityFaultStatus(problems[refusal.code].status);
    return { status, message: refusal.message, problem: refusal.code };
  }
  const known = error !== null && typeof error === 'object' && 'statusCode' in error ? error.statusCode : 500;
  if (typeof known === 'number' && known >= 400 && known < 500)
    return named(identityFaultStatus(known), error instanceof Error ? error.message : String(error));
  request.log.error({ err: error, url: request.url }, 'a request of the identity API failed inside');
  return named(
    500,
    `An unexpected error prevented the server from fulfilling your request. Ferry's log has the reason under ${request.requestId}.`,
  );
}

function named(status: IdentityFaultStatus, message: string): Fault {
  return { status, message, problem: problemNames[status] ?? (status < 500 ? 'bad-request' : 'internal') };
}

/** The address of the identity API as the caller reached it, `http://host:port/identity/v3`, for links. */
export function identityUrl(request: FastifyRequest): string {
  return `${publicUrl(request)}/identity/v3`;
}
