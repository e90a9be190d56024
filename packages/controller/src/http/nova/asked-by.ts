import type { FastifyRequest } from 'fastify';
import type { AskedBy } from './nova-controls.ts';

/** Who asks, by which request: it stands in the instance's actions. */
export function askedBy({ caller, requestId }: FastifyRequest): AskedBy {
  return { requestId, userId: caller.userId, projectId: caller.projectId ?? '', caller };
}
