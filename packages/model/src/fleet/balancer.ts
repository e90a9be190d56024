/** What evens out the load of some hosts by itself, as an operator sets it. */
export interface BalancerSettings {
  /** `propose`: a plan is made and waits for a person to apply it; `act`: it is carried out at once. */
  readonly mode: 'off' | 'propose' | 'act';
  /** Aggregates or zones; none: all hosts. */
  readonly groups: readonly string[];
  readonly onContentionOnly: boolean;
  /** Between two looks, ms. */
  readonly everyMs: number;
  /** An instance that has moved is let alone for so long, ms. */
  readonly cooldownMs: number;
}

/** What came of a turn. */
export interface BalancerTurn {
  /** UTC ISO 8601. */
  readonly at: string;
  /**
   * `even`: nothing is worth a move; `proposed`, `applied`: a plan was made; `waits`: its last plan is still carried out;
   * `failed`: the plan could not be made or applied.
   */
  readonly kind: 'even' | 'proposed' | 'applied' | 'waits' | 'failed';
  readonly because: string;
  readonly planId: string | null;
}

/** A balancer as it is kept. */
export interface Balancer {
  readonly name: string;
  readonly settings: BalancerSettings;
  readonly last: BalancerTurn | null;
  /** When its turn is next, UTC ISO 8601. */
  readonly dueAt: string;
  readonly revision: number;
}

/** What a balancer does where nobody says otherwise. */
export const defaultBalancer: BalancerSettings = {
  mode: 'propose',
  groups: [],
  onContentionOnly: false,
  everyMs: 600_000,
  cooldownMs: 3_600_000,
};
