import type { FastifyRequest } from 'fastify';
import type { Caller } from '@ferry/model';
import type { RequestContext } from '../../store/operations/action-store.ts';

/** A request that does something to an instance. */
export interface AskedBy extends RequestContext {
  readonly caller: Caller;
}

/** Who asks, by which request: it stands in the instance's actions. */
export function askedBy({ caller, requestId }: FastifyRequest): AskedBy {
  return { requestId, userId: caller.userId, projectId: caller.projectId ?? '', caller };
}
