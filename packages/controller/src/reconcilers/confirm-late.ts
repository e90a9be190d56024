import type { OperationRunner } from '../operations/engine/operation-runner.ts';
import { submitDecision } from '../operations/cold-migrate/held/submit-decision.ts';
import { Refusal } from '../operations/engine/refusal.ts';
import type { Services } from '../operations/engine/services.ts';

/** Confirms held migrations on which nobody has decided within the window, as Nova's `resize_confirm_window` does. */
export async function confirmLate(
  services: Services,
  runner: OperationRunner,
  windowMs: number,
): Promise<void> {
  const before = new Date(Date.now() - windowMs).toISOString();
  for (const { id } of await services.store.heldMigrations.waitingSince(before)) {
    try {
      runner.start((await submitDecision(services, id, 'confirm')).operationId);
      services.log.info({ migration: id }, 'nobody decided on a held migration in time: it is confirmed');
    } catch (error) {
      // Somebody has decided meanwhile, here or at another controller.
      if (!(error instanceof Refusal && error.code === 'migration-not-held')) throw error;
    }
  }
}
