import type { Sighting } from '../migration/sighting.ts';

/** What is known of the orders to run that a target was given. */
export interface OrdersToRun {
  /** The last one was refused without having been carried out. */
  readonly refused: boolean;
  /** One may have been carried out: one that is refused later proves nothing about it. */
  readonly mayRun: boolean;
  /** The guest has a definition there. */
  readonly persistent: boolean;
}

/**
 * What a target's state tells after an order to run that was not answered with yes: it `runs`; it `never-ran`, and is not
 * there; it `cannot`, and its copy is there; or that is `unknown`.
 */
export function targetVerdict(
  target: Sighting,
  { refused, mayRun, persistent }: OrdersToRun,
): 'runs' | 'never-ran' | 'cannot' | 'unknown' {
  switch (target.kind) {
    case 'unreachable':
      return 'unknown';
    case 'absent':
      // A guest with a definition leaves that behind when it has run and died; one without leaves nothing.
      return mayRun && !persistent ? 'unknown' : 'never-ran';
    case 'present':
      switch (target.state) {
        case 'running':
          return 'runs';
        case 'paused':
          return refused && !mayRun ? 'cannot' : 'unknown';
        case 'shutoff':
        case 'crashed':
          return mayRun && target.reason !== 'failed' ? 'unknown' : 'never-ran';
        case 'other':
        default:
          return 'unknown';
      }
  }
}
