import { type Locks, Places } from '../engine/keyed-lock.ts';
import type { Services } from '../engine/services.ts';
import { defaultPlanSettings, type HookEntry, type PlanContext, type PlanSettings } from './plan-context.ts';
import { planRound } from './plan-round.ts';

/** Moves that are checked and begun at the same time: each asks two hosts. */
const checkedAtOnce = 8;
/** Rounds of one plan that follow each other at once, where each has found something to do. */
const maxRounds = 20;

/**
 * Carries out the plans that were applied, round by round. Nothing of them is kept here: whoever looks next, here or at
 * another controller, goes on from the rows.
 */
export class PlanRunner {
  readonly #context: PlanContext;
  readonly #stop = new AbortController();
  #active = 0;

  constructor(
    services: Services,
    start: (operationId: string) => void,
    locks: Locks,
    settings: Partial<PlanSettings> = {},
  ) {
    this.#context = {
      services,
      start,
      locks,
      hooks: new Map<string, HookEntry>(),
      beginning: new Map<string, Promise<void>>(),
      places: new Places(checkedAtOnce),
      settings: { ...defaultPlanSettings, ...settings },
      signal: this.#stop.signal,
    };
  }

  /** Whether any plan was being carried out at the last round. */
  get isBusy(): boolean {
    return this.#active > 0;
  }

  /** One round of every plan that is carried out; one that fails hides no other. */
  async round(): Promise<void> {
    const { services } = this.#context;
    const ids = await services.store.plans.active();
    this.#active = ids.length;
    await Promise.all(
      ids.map((id) =>
        this.#roundsOf(id).catch((error: unknown) => {
          if (!this.#stop.signal.aborted)
            services.log.error({ err: error, plan: id }, 'a plan could not be carried on; it is tried again');
        }),
      ),
    );
  }

  /** Ends when nothing of a plan is being begun here any more. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#context.beginning.values());
  }

  async #roundsOf(id: string): Promise<void> {
    const { locks, signal } = this.#context;
    for (let rounds = 0; rounds < maxRounds && !signal.aborted; rounds += 1) {
      const found = await locks.with(id, () => planRound(this.#context, id), { signal });
      if (!found) return;
    }
  }
}
