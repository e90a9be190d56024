import { type MoveContext, targetOf } from './move-context.ts';
import { requireFreePaths } from './target-images.ts';
import { requireNoTargetDomain } from './target-domain.ts';

/** What the target has before anything is brought: what is found there later and is not among it came with this move. */
export interface LookedAtTarget {
  /** Names of packet filters. */
  readonly filters: readonly string[];
}

/** Sees that the target has no such domain and nothing where images will be, and writes down what it has. */
export async function lookAtTarget(context: MoveContext): Promise<LookedAtTarget> {
  await requireNoTargetDomain(context);
  await requireFreePaths(context);
  const filters =
    context.input.filter === null ? [] : await targetOf(context).firewall.filters({ signal: context.signal });
  return { filters: filters ?? [] };
}
