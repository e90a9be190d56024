import { novaFaultBody, type NovaFaultStatus, novaFaultStatus, problems } from '@ferry/api';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { refusalOfFailure } from '../../operations/engine/refusal-of-failure.ts';
import { type Caller, hasRole, type ProjectRole } from '@ferry/model';

/** A request to the compute API that is refused. */
export class NovaFault extends Error {
  override readonly name = 'NovaFault';
  readonly status: NovaFaultStatus;

  constructor(status: NovaFaultStatus, message: string) {
    super(message);
    this.status = status;
  }
}

/** Answers with what was thrown, in Nova's form. */
export function sendNovaFault(request: FastifyRequest, reply: FastifyReply, error: unknown): FastifyReply {
  const { status, message } = faultOf(request, error);
  return reply
    .code(status)
    .type('application/json; charset=UTF-8')
    .send(JSON.stringify(novaFaultBody(status, message)));
}

function faultOf(request: FastifyRequest, error: unknown): { status: NovaFaultStatus; message: string } {
  if (error instanceof NovaFault) return { status: error.status, message: error.message };
  const refusal = refusalOfFailure(error);
  if (refusal !== null) {
    const { status, remedy } = problems[refusal.code];
    // Its sentence has what was found; what can be done is said with each finding.
    const forbidding = refusal.findings.filter(
      ({ severity }) => severity === 'error' || severity === 'unknown',
    );
    const remedies = new Set(forbidding.map((finding) => finding.remedy).filter((part) => part !== ''));
    const message = [refusal.message, ...(remedies.size === 0 ? [remedy] : remedies)].join(' ').trim();
    return { status: novaFaultStatus(status), message };
  }
  const known = error !== null && typeof error === 'object' && 'statusCode' in error ? error.statusCode : 500;
  if (typeof known === 'number' && known >= 400 && known < 500) {
    return {
      status: novaFaultStatus(known),
      message: error instanceof Error ? error.message : String(error),
    };
  }
  request.log.error({ err: error, url: request.url }, 'a request of the compute API failed inside');
  return {
    status: 500,
    message: `Unexpected API Error. Ferry's log has the reason under ${request.requestId}.`,
  };
}

/**
 * Refuses a value in a request that needs more than its route does, a host by its name for one. What the route itself needs
 * is declared with it.
 */
export function requireRole(caller: Caller, role: ProjectRole, rule: string): void {
  if (!hasRole(caller, role)) throw policyFault(rule);
}

/** The refusal in the words of Nova's policies. `rule` without `os_compute_api:`. */
export function policyFault(rule: string): NovaFault {
  return new NovaFault(403, `Policy doesn't allow os_compute_api:${rule} to be performed.`);
}

/** Refuses what is no UUID, as ids of hosts are since 2.53. */
export function requireUuid(text: string): void {
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text))
    throw new NovaFault(400, `Invalid uuid ${text}`);
}
