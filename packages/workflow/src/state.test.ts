import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LogEntry, LogRecord } from './log.ts';
import { foldLog, nextState, type OperationState } from './state.ts';
import type { Plan } from './workflow.ts';

const plan: Plan = {
  workflow: 'w',
  steps: [
    { name: 'look', role: 'before', undoable: false },
    { name: 'take', role: 'before', undoable: true },
    { name: 'move', role: 'pivot', undoable: false },
    { name: 'tidy', role: 'after', undoable: false },
  ],
};
const failure = { code: 'x', message: 'x' };
const started: LogEntry = { kind: 'operation-started', plan, input: null };

const names = fc.constantFrom('look', 'take', 'move', 'tidy', 'no-such-step');
const attempts = fc.integer({ min: 1, max: 3 });
const anyEntry: fc.Arbitrary<LogEntry> = fc.oneof(
  fc.constant(started),
  fc.record({ kind: fc.constant('step-started' as const), step: names, attempt: attempts }),
  fc.record({ kind: fc.constant('step-succeeded' as const), step: names, output: fc.constant(1) }),
  fc.record({
    kind: fc.constant('step-failed' as const),
    step: names,
    failure: fc.constant(failure),
    next: fc.constantFrom('undo' as const, 'retry' as const, 'block' as const),
  }),
  fc.record({ kind: fc.constant('undo-started' as const), step: names, attempt: attempts }),
  fc.record({ kind: fc.constant('undo-finished' as const), step: names }),
  fc.record({
    kind: fc.constant('undo-failed' as const),
    step: names,
    failure: fc.constant(failure),
    next: fc.constantFrom('retry' as const, 'block' as const),
  }),
  fc.constant<LogEntry>({ kind: 'operation-resumed' }),
  fc.record({
    kind: fc.constant('operation-finished' as const),
    result: fc.constantFrom('done' as const, 'undone' as const),
  }),
);

/** Keeps of any entries those that are accepted one after the other: a log that can have happened. */
function accepted(entries: readonly LogEntry[]): {
  readonly log: LogEntry[];
  readonly state: OperationState;
} {
  let state: OperationState = nextState({ kind: 'absent' }, started);
  const log: LogEntry[] = [started];
  for (const entry of entries) {
    try {
      state = nextState(state, entry);
      log.push(entry);
    } catch {
      // Refused: it is no part of the log.
    }
  }
  return { log, state };
}

function records(entries: readonly LogEntry[]): LogRecord[] {
  return entries.map((entry, index) => ({ operationId: 'op', sequence: index + 1, at: '', entry }));
}

const manyEntries = fc.array(anyEntry, { maxLength: 300, size: 'max' });

describe('whatever is written', () => {
  test('nothing is undone once the pivot has succeeded, and a finished operation takes no more', () => {
    fc.assert(
      fc.property(manyEntries, (entries) => {
        const { log } = accepted(entries);
        const moved = log.findIndex((entry) => entry.kind === 'step-succeeded' && entry.step === 'move');
        const undone = log.findIndex((entry) => entry.kind === 'undo-started');
        expect(moved >= 0 && undone >= 0).toBe(false);
        const finished = log.findIndex((entry) => entry.kind === 'operation-finished');
        expect([-1, log.length - 1]).toContain(finished);
      }),
    );
  });

  test('an undone operation has undone all that can be undone and was started, and nothing else', () => {
    fc.assert(
      fc.property(manyEntries, (entries) => {
        const { log } = accepted(entries);
        const undone = log.some((entry) => entry.kind === 'operation-finished' && entry.result === 'undone');
        const took = log.some((entry) => entry.kind === 'step-started' && entry.step === 'take');
        const gaveBack = log.some((entry) => entry.kind === 'undo-finished' && entry.step === 'take');
        const legal = undone ? gaveBack === took : took || !gaveBack;
        expect(legal).toBe(true);
      }),
    );
  });

  test('folding the log gives the same state, and a gap is refused', () => {
    fc.assert(
      fc.property(manyEntries, (entries) => {
        const { log, state } = accepted(entries);
        expect(foldLog(records(log))).toEqual(state);
        expect(() => foldLog(records(log).map((one) => ({ ...one, sequence: one.sequence + 1 })))).toThrow(
          /stands at place 1/u,
        );
      }),
    );
  });
});

const pass = (step: string): LogEntry[] => [
  { kind: 'step-started', step, attempt: 1 },
  { kind: 'step-succeeded', step, output: null },
];

describe('refused', () => {
  const at = (...entries: readonly LogEntry[]): OperationState => foldLog(records([started, ...entries]));
  const cases: readonly {
    readonly what: string;
    readonly state: OperationState;
    readonly entry: LogEntry;
  }[] = [
    { what: 'a second start of the operation', state: at(), entry: started },
    { what: 'a step out of turn', state: at(), entry: { kind: 'step-started', step: 'take', attempt: 1 } },
    {
      what: 'a result without a start',
      state: at(),
      entry: { kind: 'step-succeeded', step: 'look', output: 1 },
    },
    { what: 'a wrong count', state: at(), entry: { kind: 'step-started', step: 'look', attempt: 2 } },
    {
      what: 'a retry before the pivot',
      state: at({ kind: 'step-started', step: 'look', attempt: 1 }),
      entry: { kind: 'step-failed', step: 'look', failure, next: 'retry' },
    },
    {
      what: 'an undo after the pivot',
      state: at(...pass('look'), ...pass('take'), ...pass('move'), {
        kind: 'step-started',
        step: 'tidy',
        attempt: 1,
      }),
      entry: { kind: 'step-failed', step: 'tidy', failure, next: 'undo' },
    },
    { what: 'an end with steps left', state: at(), entry: { kind: 'operation-finished', result: 'done' } },
    {
      what: 'an undone end of what goes forward',
      state: at(),
      entry: { kind: 'operation-finished', result: 'undone' },
    },
    { what: 'a resumption of what is not blocked', state: at(), entry: { kind: 'operation-resumed' } },
    {
      what: 'a word of a newer version',
      state: at(),
      entry: { kind: 'step-skipped' } as unknown as LogEntry,
    },
  ];
  test.each(cases)('$what', ({ state, entry }) => {
    expect(() => nextState(state, entry)).toThrow(expect.objectContaining({ code: 'illegal-record' }));
  });
});
