import type { MigrationSteps } from '@ferry/model';
import type { Services } from '../engine/services.ts';

/** What the log of a migration's operation says that is done. */
export async function stepsOf(
  { store: { operations } }: Pick<Services, 'store'>,
  migrationId: string,
): Promise<MigrationSteps> {
  const done = new Set(
    (await operations.read(migrationId)).flatMap(({ entry }) =>
      entry.kind === 'step-succeeded' ? [entry.step] : [],
    ),
  );
  const switches = ['transfer', 'verify-copy', 'prove-gone'];
  return { switchedOver: switches.some((step) => done.has(step)), powerRestored: done.has('restore-power') };
}
