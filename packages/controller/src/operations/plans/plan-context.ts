import type { Services } from '../engine/services.ts';
import type { Locks, Places } from '../engine/keyed-lock.ts';

/** What plans are carried out with. */
export interface PlanContext {
  readonly services: Services;
  /** Carries out an operation that was accepted. */
  readonly start: (operationId: string) => void;
  /** One controller at a time is at a plan, and at the hook of a host. */
  readonly locks: Locks;
  /** Hooks that run here now, by plan and step. */
  readonly hooks: Map<string, HookEntry>;
  /** Steps that are being begun here now, by plan and number: their checks go on beside the rounds. */
  readonly beginning: Map<string, Promise<void>>;
  /** So many moves are checked and begun at the same time: each asks two hosts. */
  readonly places: Places;
  readonly settings: PlanSettings;
  readonly signal: AbortSignal;
}

/** Numbers by which plans are carried out. */
export interface PlanSettings {
  /** How often a move of a guest may fail: then it stays, and is named. */
  readonly maxFailures: number;
  /** How often the rest may be planned anew while no step ends well: then the plan is paused. */
  readonly maxReplans: number;
  /** How long a host may be away after its hook, ms. */
  readonly returnMs: number;
  /** How long a hook may run, ms. */
  readonly hookMs: number;
  /** How long a guest may take to be off or on, ms. */
  readonly powerMs: number;
}

export const defaultPlanSettings: PlanSettings = {
  maxFailures: 2,
  maxReplans: 5,
  returnMs: 1_800_000,
  hookMs: 3_600_000,
  powerMs: 600_000,
};

/** A hook that runs here. */
export interface HookEntry {
  /** How it ended: why it was not done, null where it was. Null: it goes on. */
  ended: { readonly why: string | null } | null;
}
