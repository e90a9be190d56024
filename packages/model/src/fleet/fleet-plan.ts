/** What a plan is to reach. */
export type PlanGoal =
  | { readonly kind: 'drain'; readonly hostIds: readonly string[] }
  /** Hosts in the order in which they are to be upgraded; each is emptied, upgraded, seen back. */
  | { readonly kind: 'upgrade'; readonly hostIds: readonly string[] }
  /** Bring the use of memory or processors of a host below a share, 0 to 1. */
  | { readonly kind: 'offload'; readonly hostId: string; readonly below: number }
  | {
      readonly kind: 'balance';
      readonly groups: readonly string[];
      readonly onContentionOnly: boolean;
      /** Guests that have moved within it are let alone, ms; an hour where it is left out. */
      readonly cooldownMs?: number;
    }
  /** Bring home what a plan moved away. */
  | { readonly kind: 'return'; readonly hostId: string; readonly guestIds: readonly string[] }
  /** Start elsewhere what ran on a host that is known to be off. */
  | { readonly kind: 'evacuate'; readonly hostId: string };

/** What an operator asks of a plan beside its goal. */
export interface PlanOptions {
  /** `soonest-done`: least total time; `soonest-each`: least mean time until a guest is away. */
  readonly order: 'soonest-done' | 'soonest-each';
  /** Moves at once at most. A second stream on one link only while its use is measured below 80 %. */
  readonly limits: {
    readonly perSource: number;
    readonly perTarget: number;
    readonly perLink: number;
    readonly fleet: number;
  };
  /** Running guests that may be stopped for a cold move, by id. */
  readonly mayStop: readonly string[];
  /** Running guests that are shut down just before and started just after, by id. */
  readonly mayShutDown: readonly string[];
  /** Of an upgrade: so many hosts at most are in maintenance at once; 1 where it is left out. */
  readonly hostsAtOnce?: number;
  /** Free memory that must be left: enough for the largest host to fail. */
  readonly keepOneHostSpare: boolean;
  /** UTC ISO 8601; a plan says whether it can be met. */
  readonly deadline: string | null;
  /** Makes equal plans of equal states. */
  readonly seed: number;
}

/** One thing to be done; times are milliseconds from the begin of the plan, as reckoned. */
export interface PlanStep {
  /** Unique in its plan, from 1. */
  readonly number: number;
  readonly action: PlanAction;
  /** Numbers of steps that must have ended well before it begins: they free what it needs. */
  readonly after: readonly number[];
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  /** Why it is there, or why so late: `frees 8 GiB that db-1 needs on compute2`. */
  readonly because: string;
}

export type PlanAction =
  | {
      readonly kind: 'move';
      readonly guestId: string;
      readonly fromHostId: string;
      readonly toHostId: string;
      readonly how: 'live' | 'cold' | 'evacuate';
      readonly bytes: number;
      readonly downtimeMs: number | null;
      /** A move onto a host where it does not stay, to break a circle. */
      readonly isPivot: boolean;
    }
  | { readonly kind: 'shut-down'; readonly guestId: string; readonly hostId: string }
  | { readonly kind: 'start'; readonly guestId: string; readonly hostId: string }
  /** The host takes nobody from here on. */
  | { readonly kind: 'enter-maintenance'; readonly hostId: string }
  /** The operator's hook, or a person's word where there is none; then the host is seen back. */
  | { readonly kind: 'upgrade-host'; readonly hostId: string }
  | { readonly kind: 'leave-maintenance'; readonly hostId: string };

/** A guest that stays where it is although the goal asks for its going, with why; and all that would let it go. */
export interface PlanBlocker {
  readonly guestId: string | null;
  readonly hostId: string | null;
  readonly because: string;
  readonly remedies: readonly string[];
}

/** Memory that guests take of a host from a moment on. */
export interface MemoryPoint {
  readonly atMs: number;
  readonly bytes: number;
}

/** A plan, made from one state of the fleet. */
export interface FleetPlan {
  readonly goal: PlanGoal;
  readonly madeFrom: string;
  readonly steps: readonly PlanStep[];
  readonly blockers: readonly PlanBlocker[];
  /** Guests on the hosts in question that stay and are meant to, with why. */
  readonly stays: readonly { readonly guestId: string; readonly because: string }[];
  readonly totalMs: number;
  /** No plan with these moves can be done sooner, and what it is made of: the fullest link out or in, or the longest move. */
  readonly lowerBound: { readonly ms: number; readonly because: string };
  readonly bytes: number;
  /** By host, where it changes. */
  readonly memory: readonly {
    readonly hostId: string;
    readonly limitBytes: number;
    readonly points: readonly MemoryPoint[];
  }[];
  /** Whether the deadline can be met; null without one. */
  readonly deadline: { readonly met: boolean; readonly because: string } | null;
}

/** What runs or is taken already when a step is to begin. */
export interface RunningMove {
  readonly guestId: string;
  readonly fromHostId: string;
  readonly toHostId: string;
  /** Before and after it sends a move takes no stream of a link; when its memory is over, no slot of its hosts either. */
  readonly phase: 'prepares' | 'sends' | 'ends';
}

/** Whether a step may begin now, judged again right at its start by the state of that moment. */
export type StepReadiness =
  | { readonly kind: 'ready' }
  /** Shown to whoever looks: `waits for the inbound slot of compute12`. */
  | { readonly kind: 'waits'; readonly because: string }
  /** The goal of the step holds already. */
  | { readonly kind: 'done'; readonly because: string }
  /** The world is another than the plan assumed: the rest is planned anew. */
  | { readonly kind: 'stale'; readonly because: string };
