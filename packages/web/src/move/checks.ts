import type { CheckReportBody, InstanceBody, MoveBody } from '@ferry/api';
import { useQueries, type UseQueryOptions } from '@tanstack/react-query';
import { ferry } from '../api/ferry.ts';
import type { Problem } from '../api/request.ts';

/** A check asks two hosts: so many are asked about at a time by one page. */
const atOnce = 3;
/** How long an answer is believed: what decides is asked again when the move is begun. */
const believedMs = 15_000;

/** What is known of a target. */
export type TargetVerdict =
  | { readonly kind: 'not-asked' }
  | { readonly kind: 'asking' }
  | { readonly kind: 'possible'; readonly report: CheckReportBody }
  | { readonly kind: 'refused'; readonly because: string; readonly report: CheckReportBody | null };

let running = 0;
const waiting: (() => void)[] = [];

async function inTurn<T>(signal: AbortSignal, act: () => Promise<T>): Promise<T> {
  if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
  running += 1;
  try {
    signal.throwIfAborted();
    return await act();
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

/** How an instance moves when nobody says: live while its guest is there to be moved so. */
export function defaultKind({ powerState }: Pick<InstanceBody, 'powerState'>): MoveBody['kind'] {
  return powerState === 'running' || powerState === 'paused' ? 'live-migration' : 'cold-migration';
}

/** The question about one target. */
export function checkQuery(
  { id, generation }: Pick<InstanceBody, 'id' | 'generation'>,
  kind: MoveBody['kind'],
  host: string,
): UseQueryOptions<CheckReportBody, Problem> & { readonly queryKey: readonly unknown[] } {
  return {
    queryKey: ['check', id, generation, kind, host],
    queryFn: ({ signal }) => inTurn(signal, () => ferry.check(id, { kind, host }, signal)),
    staleTime: believedMs,
    retry: false,
  };
}

/** What is known of each of these hosts as a target, asked a few at a time in their order. */
export function useVerdicts(
  instance: Pick<InstanceBody, 'id' | 'generation'> | null,
  kind: MoveBody['kind'],
  hosts: readonly string[],
): ReadonlyMap<string, TargetVerdict> {
  const asked = instance === null ? [] : hosts;
  const answers = useQueries({
    queries: asked.map((host) => checkQuery(instance ?? { id: '', generation: 0 }, kind, host)),
  });
  return new Map(asked.map((host, index) => [host, verdictOf(answers[index])]));
}

/** What an answer says of a target: the first finding that forbids it, or that could not be found out. */
export function verdictOf(
  answer: { readonly data?: CheckReportBody | undefined; readonly error: Error | null } | undefined,
): TargetVerdict {
  if (answer === undefined) return { kind: 'not-asked' };
  if (answer.error !== null) return { kind: 'refused', because: answer.error.message, report: null };
  const report = answer.data;
  if (report === undefined) return { kind: 'asking' };
  if (report.possible) return { kind: 'possible', report };
  const bar = report.findings.find(
    ({ severity }) => severity === (report.verdict === 'not-known' ? 'unknown' : 'error'),
  );
  return { kind: 'refused', because: bar?.message ?? report.verdict, report };
}
