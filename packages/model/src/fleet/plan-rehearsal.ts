/** What one of a plan's moves would fail by. */
export interface RehearsalProblem {
  /** The check or the failure: `pool-present`, `way-closed`. */
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** How far the rehearsal of one move of a plan is. Times are UTC ISO 8601. */
export type StepRehearsal =
  | { readonly kind: 'waiting'; readonly because: string }
  /** By a migration of the kind `rehearsal`, whose id is written down before it is begun. */
  | { readonly kind: 'running'; readonly migrationId: string; readonly since: string }
  /** No problem: the move would get as far as its transfer. Null: the checks said no, and nothing was begun. */
  | {
      readonly kind: 'ended';
      readonly migrationId: string | null;
      readonly problems: readonly RehearsalProblem[];
      readonly at: string;
    }
  | { readonly kind: 'left-out'; readonly because: string };

/** The rehearsal of a plan as a whole. */
export interface PlanRehearsal {
  readonly by: string;
  readonly begunAt: string;
  /** Null: it goes on. */
  readonly finishedAt: string | null;
  /** Moves that have ended well, that would fail, and that were left out. */
  readonly passed: number;
  readonly failed: number;
  readonly leftOut: number;
}
