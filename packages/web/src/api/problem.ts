import type { FindingBody, ProblemBody } from '@ferry/api';

/** What the controller refused, or that it could not be asked (`status` 0). */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly code: string;
  readonly remedy: string;
  readonly findings: readonly FindingBody[];

  constructor(status: number, told: Partial<ProblemBody['error']>) {
    super(told.message ?? '');
    this.status = status;
    this.code = told.code ?? 'unknown';
    this.remedy = told.remedy ?? '';
    this.findings = told.findings ?? [];
  }
}

/** Any of the controller's refusals: Ferry's own, the compute API's `{conflictingRequest: {message}}`, the image API's `{message}`. */
export async function problemOf(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => null);
  const told = toldIn(body);
  const code = typeof told.code === 'string' ? told.code : `http-${response.status}`;
  return new Problem(response.status, { ...told, code, message: told.message ?? response.statusText });
}

function toldIn(body: unknown): Partial<ProblemBody['error']> {
  if (body === null || typeof body !== 'object') return {};
  const one: unknown = 'message' in body ? body : Object.values(body)[0];
  if (one === null || typeof one !== 'object') return {};
  return one;
}
