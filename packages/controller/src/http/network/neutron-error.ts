import type { FastifyReply } from 'fastify';

/** A refusal in Neutron's form. */
export function neutronError(
  reply: FastifyReply,
  status: number,
  type: string,
  message: string,
): FastifyReply {
  return reply.code(status).send({ NeutronError: { type, message, detail: '' } });
}
