/** Where a plan stands. */
export type PlanState =
  /** Made, and nothing is done for it yet: somebody reads it. */
  | { readonly kind: 'made' }
  /** Made, and its moves are rehearsed: it is `made` again when all of them have ended. */
  | { readonly kind: 'rehearsing' }
  | { readonly kind: 'running' }
  /** Nothing new is begun; what runs ends by itself. */
  | { readonly kind: 'paused'; readonly because: string }
  /** Nothing new is begun; what runs is waited for, aborted where that was asked for. */
  | { readonly kind: 'cancelling'; readonly running: 'finish' | 'abort' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'done' }
  /** All that could be done is done; what could not, each by name. */
  | { readonly kind: 'done-with-problems'; readonly problems: readonly string[] };

/** What happens to a plan: what people ask for, and what the runner finds. */
export type PlanEvent =
  | { readonly kind: 'rehearse' }
  /** All of its rehearsals have ended. */
  | { readonly kind: 'rehearsed' }
  | { readonly kind: 'apply' }
  | { readonly kind: 'pause'; readonly because: string }
  | { readonly kind: 'resume' }
  | { readonly kind: 'cancel'; readonly running: 'finish' | 'abort' }
  /** Nothing of it runs or waits any more. */
  | { readonly kind: 'end'; readonly problems: readonly string[] };

/** The next state, or why that cannot be asked for now. */
export type PlanTransition =
  | { readonly kind: 'state'; readonly state: PlanState }
  | { readonly kind: 'refused'; readonly because: string };

/** Words for people. */
const told: Readonly<Record<PlanState['kind'], string>> = {
  made: 'it was never applied',
  rehearsing: 'its moves are rehearsed',
  running: 'it is being carried out',
  paused: 'it is paused',
  cancelling: 'it is being cancelled',
  cancelled: 'it was cancelled',
  done: 'it is done',
  'done-with-problems': 'it is done, but for what could not be done',
};

/** The one place that says what becomes of a plan. What holds already is no refusal: asking twice changes nothing. */
export function nextPlanState(state: PlanState, event: PlanEvent): PlanTransition {
  const refused: PlanTransition = { kind: 'refused', because: told[state.kind] };
  const to = (next: PlanState): PlanTransition => ({ kind: 'state', state: next });
  switch (event.kind) {
    case 'rehearse':
      return state.kind === 'made' || state.kind === 'rehearsing' ? to({ kind: 'rehearsing' }) : refused;
    case 'rehearsed':
      return state.kind === 'rehearsing' ? to({ kind: 'made' }) : refused;
    case 'apply':
      // Applied twice is applied.
      return state.kind === 'made' ? to({ kind: 'running' }) : isActive(state) ? to(state) : refused;
    case 'pause':
      if (state.kind === 'running') return to({ kind: 'paused', because: event.because });
      return state.kind === 'paused' ? to(state) : refused;
    case 'resume':
      if (state.kind === 'paused') return to({ kind: 'running' });
      return state.kind === 'running' ? to(state) : refused;
    case 'cancel':
      if (state.kind === 'made') return to({ kind: 'cancelled' });
      if (isActive(state) || state.kind === 'rehearsing')
        return to({ kind: 'cancelling', running: event.running });
      return state.kind === 'cancelled' ? to(state) : refused;
    case 'end':
      if (state.kind === 'cancelling') return to({ kind: 'cancelled' });
      if (state.kind !== 'running') return refused;
      return to(
        event.problems.length === 0
          ? { kind: 'done' }
          : { kind: 'done-with-problems', problems: event.problems },
      );
  }
}

/** Whether something is still to be done for it: its hosts and guests are its own meanwhile. */
export function isActive({ kind }: PlanState): boolean {
  return kind === 'running' || kind === 'paused' || kind === 'cancelling';
}

/** What does a step that runs. */
export type StepWork =
  /** A migration, by an id that is written down before it is begun. */
  | { readonly kind: 'migration'; readonly id: string }
  /** A power action of a guest. */
  | { readonly kind: 'power' }
  /** The operator's hook on a host, then the look whether it is back. */
  | { readonly kind: 'hook' }
  /** The host is looked for until it is back as it was, or better. */
  | { readonly kind: 'return' };

/** Where a step of a plan stands. Times are UTC ISO 8601. */
export type StepState =
  | { readonly kind: 'waiting'; readonly because: string; readonly since: string }
  /** Waits for a person's word: `ferry plan continue`. */
  | { readonly kind: 'held'; readonly because: string; readonly since: string }
  | { readonly kind: 'running'; readonly work: StepWork; readonly since: string }
  | { readonly kind: 'done'; readonly because: string; readonly at: string }
  | { readonly kind: 'failed'; readonly because: string; readonly at: string }
  /** Never begun: the rest was planned anew without it, or the plan was cancelled. */
  | { readonly kind: 'dropped'; readonly because: string; readonly at: string };

/** Whether nothing more comes of a step. */
export function hasEnded({ kind }: StepState): boolean {
  return kind === 'done' || kind === 'failed' || kind === 'dropped';
}
