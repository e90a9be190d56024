import type { Services } from '../engine/services.ts';

/** A question to a host: its answer, or why there was none. */
export interface HostAnswer<T> {
  readonly value: T | null;
  readonly problem: string | null;
}

/** Waits for the answer, and never rejects: a fact that cannot be had hides no other. No question has no answer. */
export async function askHost<T>(
  { log }: Pick<Services, 'log'>,
  question: Promise<T> | undefined,
): Promise<HostAnswer<T>> {
  if (question === undefined) return { value: null, problem: null };
  try {
    return { value: await question, problem: null };
  } catch (error) {
    log.debug({ error }, 'a host did not answer a question of the checks');
    return { value: null, problem: error instanceof Error ? error.message : String(error) };
  }
}
