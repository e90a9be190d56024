import type { MigrationStepBody } from '@ferry/api';
import type { MigrationSteps } from '@ferry/model';
import type { LogRecord } from '@ferry/workflow';
import type { Services } from '../engine/services.ts';
import { withStepNamesOfNow } from './with-step-names-of-now.ts';

/** What the log of a migration's operation says that is done, and each of its steps with its times. */
export async function stepsOf(
  { store: { operations } }: Pick<Services, 'store'>,
  migrationId: string,
): Promise<MigrationSteps & { readonly timeline: MigrationStepBody[] }> {
  const log = withStepNamesOfNow(await operations.read(migrationId));
  const timeline = timelineOf(log);
  const done = new Set(log.flatMap(({ entry }) => (entry.kind === 'step-succeeded' ? [entry.step] : [])));
  const switches = ['transfer', 'verify-copy', 'prove-gone'];
  return {
    switchedOver: switches.some((step) => done.has(step)),
    powerRestored: done.has('restore-power'),
    timeline,
  };
}

/** The steps of an operation in their order, those to come included; an undone one has the time of its undo. */
export function timelineOf(log: readonly LogRecord[]): MigrationStepBody[] {
  const steps = new Map<string, MigrationStepBody>();
  const set = (name: string, change: Partial<MigrationStepBody>): void => {
    const before = steps.get(name) ?? { name, state: 'to-come', startedAt: null, endedAt: null };
    steps.set(name, { ...before, ...change });
  };
  for (const { at, entry } of log) {
    switch (entry.kind) {
      case 'operation-started':
        for (const { name } of entry.plan.steps) set(name, {});
        break;
      case 'step-started':
        // An attempt that comes after another goes on with the same step.
        set(entry.step, {
          state: 'running',
          startedAt: steps.get(entry.step)?.startedAt ?? at,
          endedAt: null,
        });
        break;
      case 'step-succeeded':
        set(entry.step, { state: 'done', endedAt: at });
        break;
      case 'step-failed':
        set(entry.step, { state: entry.next === 'undo' ? 'failed' : 'waiting', endedAt: at });
        break;
      case 'undo-started':
        set(entry.step, { state: 'undoing', endedAt: null });
        break;
      case 'undo-finished':
        set(entry.step, { state: 'undone', endedAt: at });
        break;
      case 'undo-failed':
        set(entry.step, { state: 'waiting', endedAt: at });
        break;
      case 'operation-resumed':
      case 'operation-finished':
        break;
    }
  }
  return [...steps.values()];
}
