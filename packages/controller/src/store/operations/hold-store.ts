import type { Instance } from '@ferry/model';
import type { Session } from '../database/session.ts';
import type { Now } from '../database/clock.ts';
import { type EndOfHold, freeInstance, type NewHold, takeInstance } from './take-instance.ts';

/** Holding an instance for an operation: nothing else is done to it meanwhile, and what hosts show of it is no drift. */
export class HoldStore {
  readonly #session: Session;
  readonly #now: Now;

  constructor(session: Session) {
    this.#session = session;
    this.#now = session.now;
  }

  /**
   * Takes an instance that is still as its reader saw it, and writes the operation and the action down: all or nothing.
   * False when it has changed meanwhile, or something else holds it.
   */
  async begin(instance: Instance, hold: NewHold): Promise<boolean> {
    return this.#session.write((writing) => takeInstance(writing, instance, hold, this.#now()));
  }

  /** Frees the instance and tells how it went. Doing it twice changes nothing. */
  async end(operationId: string, instanceId: string, end: EndOfHold): Promise<void> {
    await this.#session.write(async (writing) => {
      const at = this.#now();
      const message = end.failure?.message ?? `power ${end.states?.powerState ?? 'as before'}`;
      if (!(await freeInstance(writing, operationId, instanceId, { ...end, message }, at))) return;
      if (end.states?.powerState === 'running') {
        await writing.tx
          .updateTable('instance_profile')
          .set({ launched_at: at })
          .where('instance_id', '=', instanceId)
          .where('launched_at', 'is', null)
          .execute();
      }
    });
  }
}
