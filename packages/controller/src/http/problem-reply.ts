import { type ProblemBody, type ProblemCode, problems } from '@ferry/api';
import type { Finding } from '@ferry/model';
import type { FastifyReply } from 'fastify';

/** The body of a refusal; the remedy is the closed list's. */
export function problemBody(code: ProblemCode, message?: string, findings?: readonly Finding[]): ProblemBody {
  const { message: usual, remedy } = problems[code];
  return {
    error: {
      code,
      message: message ?? usual,
      remedy,
      ...(findings === undefined || findings.length === 0
        ? {}
        : { findings: findings.map((one) => ({ ...one })) }),
    },
  };
}

/** Answers with a refusal and its status. */
export function sendProblem(
  reply: FastifyReply,
  code: ProblemCode,
  message?: string,
  findings?: readonly Finding[],
): FastifyReply {
  return reply.code(problems[code].status).send(problemBody(code, message, findings));
}
