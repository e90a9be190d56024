/** Whether something may be asked for now, as far as the records tell: no host was asked. */
export interface ActionVerdict {
  readonly allowed: boolean;
  /** What stands in the way, and what to do; null when nothing is known to. */
  readonly because: string | null;
}

/** The verdict on an action that this stands in the way of; null: nothing does. */
export function verdictOf(obstacle: string | null): ActionVerdict {
  return { allowed: obstacle === null, because: obstacle };
}
