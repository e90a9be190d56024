import { toPlain, type Plain } from './plain.ts';

/** An error as plain data: what the log keeps and people are shown. */
export interface Failure {
  /** The error's own `code`, or `unexpected` when it has none. */
  readonly code: string;
  readonly message: string;
  readonly detail?: Plain;
  readonly cause?: Failure;
}

/** A chain of causes is cut here: a cycle must not fill the log. */
const deepestCause = 8;

/** Any thrown value as plain data. Never throws: a detail that cannot be written is left out. */
export function failureOf(error: unknown, depth = 0): Failure {
  if (typeof error !== 'object' || error === null) return { code: 'unexpected', message: String(error) };
  const { code, message, detail, cause } = error as Partial<Record<keyof Failure, unknown>>;
  const plainDetail = detailOf(detail);
  return {
    code: typeof code === 'string' ? code : 'unexpected',
    message: typeof message === 'string' ? message : 'an error without a message',
    ...(plainDetail === undefined ? {} : { detail: plainDetail }),
    ...(cause === undefined || depth >= deepestCause ? {} : { cause: failureOf(cause, depth + 1) }),
  };
}

function detailOf(detail: unknown): Plain | undefined {
  if (detail === undefined) return undefined;
  try {
    return toPlain(detail);
  } catch {
    return undefined;
  }
}
