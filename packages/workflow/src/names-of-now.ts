import type { LogEntry, LogRecord } from './log.ts';
import type { AnyStep } from './workflow.ts';

/**
 * Records as this program would have written them: steps that a former version called otherwise have their name of now, and
 * outputs that it wrote in another shape have theirs (`formerNames`, `readOutput`). The log itself stays as it was written.
 */
export function withNamesOfNow(
  records: readonly LogRecord[],
  steps: readonly Pick<AnyStep, 'name' | 'formerNames' | 'readOutput'>[],
): LogRecord[] {
  const byName = new Map(
    steps.flatMap((step) => [step.name, ...(step.formerNames ?? [])].map((name) => [name, step])),
  );
  const nameOf = (name: string): string => byName.get(name)?.name ?? name;
  const read = (entry: LogEntry): LogEntry => {
    switch (entry.kind) {
      case 'operation-started': {
        const planned = entry.plan.steps.map((step) => ({ ...step, name: nameOf(step.name) }));
        return { ...entry, plan: { ...entry.plan, steps: planned } };
      }
      case 'step-succeeded': {
        const readOutput = byName.get(entry.step)?.readOutput;
        const output = readOutput === undefined ? entry.output : readOutput(entry.output);
        return { ...entry, step: nameOf(entry.step), output };
      }
      case 'step-started':
      case 'step-failed':
      case 'undo-started':
      case 'undo-finished':
      case 'undo-failed':
        return { ...entry, step: nameOf(entry.step) };
      default:
        return entry;
    }
  };
  return records.map((record) => ({ ...record, entry: read(record.entry) }));
}
