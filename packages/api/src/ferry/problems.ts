import { hostProblems } from './problems/host-problems.ts';
import { identityProblems } from './problems/identity-problems.ts';
import { moveProblems } from './problems/move-problems.ts';
import { type ProblemTable, requestProblems } from './problems/request-problems.ts';
import { resourceProblems } from './problems/resource-problems.ts';

/**
 * The closed list of what the API can refuse, with its HTTP status and what the reader can do.
 * `message` is the usual sentence; an answer says more, with the values of the case.
 */
export const problems = {
  ...requestProblems,
  ...identityProblems,
  ...hostProblems,
  ...moveProblems,
  ...resourceProblems,
} as const satisfies ProblemTable;

/** The name of a refusal. */
export type ProblemCode = keyof typeof problems;
