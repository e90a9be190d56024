import type { FindingBody, ProblemBody } from '../ferry/problem.ts';
import type { ProblemCode } from '../ferry/problems.ts';

/** A refusal of the controller, or `controller-unreachable` when there was no answer at all. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ProblemCode | 'controller-unreachable' | 'not-ferry';
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  readonly remedy: string;
  readonly findings: readonly FindingBody[];

  constructor(
    code: ApiError['code'],
    status: number,
    message: string,
    remedy: string,
    findings: readonly FindingBody[] = [],
    cause?: unknown,
  ) {
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
    this.status = status;
    this.remedy = remedy;
    this.findings = findings;
  }

  /**
   * Reads a refusal's body; a body of another shape comes from something that is not Ferry. `problem`: the name of a
   * refusal whose body is as Keystone's.
   */
  static fromBody(status: number, text: string, problem: string | null = null): ApiError {
    try {
      const { error } = JSON.parse(text) as ProblemBody;
      if (problem !== null) return new ApiError(problem as ProblemCode, status, error.message, '');
      return new ApiError(
        error.code as ProblemCode,
        status,
        error.message,
        error.remedy,
        error.findings ?? [],
      );
    } catch (cause) {
      return new ApiError(
        'not-ferry',
        status,
        `The answer (status ${status}) is not one of Ferry's: ${text.slice(0, 120)}`,
        'Check the URL of the controller.',
        [],
        cause,
      );
    }
  }
}
