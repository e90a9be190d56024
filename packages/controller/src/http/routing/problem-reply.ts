import { type ProblemBody, type ProblemCode, problems } from '@ferry/api';
import type { Finding } from '@ferry/model';
import type { FastifyReply } from 'fastify';
import type { FastifySchemaValidationError } from 'fastify/types/schema.js';

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

/** One sentence for all that is wrong with a request's shape, each field named: the usual text does not name unknown ones. */
export function schemaProblem(errors: readonly FastifySchemaValidationError[], where: string): Error {
  const sentences = errors.map(({ instancePath, keyword, params, message }) => {
    const at = `${where}${instancePath}`;
    if (keyword === 'additionalProperties')
      return `${at} has an unknown field "${String(params['additionalProperty'])}"`;
    return `${at} ${message ?? `is not well formed (${keyword})`}${allowedValues(keyword, params)}`;
  });
  return new Error(fewOf([...new Set(sentences)]).join('; '));
}

function allowedValues(keyword: string, params: Readonly<Record<string, unknown>>): string {
  if (keyword === 'const') return ` "${String(params['allowedValue'])}"`;
  const values = params['allowedValues'];
  return keyword === 'enum' && Array.isArray(values) ? `: ${values.map(String).join(', ')}` : '';
}

/** Findings that one answer tells. */
const maxTold = 20;

/** The first of them, and how many more there are: what is wrong twenty thousand times is told in a short answer. */
export function fewOf(sentences: readonly string[]): string[] {
  const more = sentences.length - maxTold;
  return more <= 0 ? [...sentences] : [...sentences.slice(0, maxTold), `and ${more} more`];
}
