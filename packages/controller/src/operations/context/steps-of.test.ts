import type { LogEntry, LogRecord } from '@ferry/workflow';
import { expect, test } from 'vitest';
import type { Services } from '../engine/services.ts';
import { stepsOf, timelineOf } from './steps-of.ts';

const plan = {
  steps: ['begin', 'prepare', 'transfer'].map((name) => ({ name })),
} as unknown as Extract<LogEntry, { kind: 'operation-started' }>['plan'];
const failure = { message: 'no' } as Extract<LogEntry, { kind: 'step-failed' }>['failure'];

function log(...entries: LogEntry[]): LogRecord[] {
  return entries.map((entry, index) => ({ operationId: 'm1', sequence: index + 1, at: `t${index}`, entry }));
}

const begun: readonly LogEntry[] = [
  { kind: 'operation-started', plan, input: null },
  { kind: 'step-started', step: 'begin', attempt: 1 },
  { kind: 'step-succeeded', step: 'begin', output: null },
  { kind: 'step-started', step: 'prepare', attempt: 1 },
];

test('steps are told with their times, and those to come', () => {
  expect(timelineOf(log(...begun))).toEqual([
    { name: 'begin', state: 'done', startedAt: 't1', endedAt: 't2' },
    { name: 'prepare', state: 'running', startedAt: 't3', endedAt: null },
    { name: 'transfer', state: 'to-come', startedAt: null, endedAt: null },
  ]);
});

test('a step that is tried again began with its first attempt', () => {
  const told = timelineOf(
    log(
      ...begun,
      { kind: 'step-failed', step: 'prepare', failure, next: 'retry' },
      { kind: 'step-started', step: 'prepare', attempt: 2 },
      { kind: 'step-succeeded', step: 'prepare', output: null },
    ),
  );
  expect(told[1]).toEqual({ name: 'prepare', state: 'done', startedAt: 't3', endedAt: 't6' });
});

test('what failed and what was undone for it is told apart', () => {
  const told = timelineOf(
    log(
      ...begun,
      { kind: 'step-failed', step: 'prepare', failure, next: 'undo' },
      { kind: 'undo-started', step: 'begin', attempt: 1 },
      { kind: 'undo-finished', step: 'begin' },
      { kind: 'operation-finished', result: 'undone' },
    ),
  );
  expect(told.map(({ name, state }) => [name, state])).toEqual([
    ['begin', 'undone'],
    ['prepare', 'failed'],
    ['transfer', 'to-come'],
  ]);
});

test('nothing is told of a log that is not kept', () => {
  expect(timelineOf([])).toEqual([]);
});

test('a move that a former version began and this one goes on with has each step once, by its name of now', async () => {
  const former = { steps: ['hold-source', 'look-at-target', 'transfer'].map((name) => ({ name })) };
  const records = log(
    { kind: 'operation-started', plan: former as unknown as typeof plan, input: null },
    { kind: 'step-started', step: 'hold-source', attempt: 1 },
    { kind: 'step-started', step: 'disable-autostart', attempt: 2 },
    { kind: 'step-succeeded', step: 'disable-autostart', output: null },
  );
  const store = { operations: { read: () => Promise.resolve(records) } } as unknown as Services['store'];
  const { timeline } = await stepsOf({ store }, 'm1');
  expect(timeline.map(({ name, state, startedAt }) => [name, state, startedAt])).toEqual([
    ['disable-autostart', 'done', 't1'],
    ['inspect-target', 'to-come', null],
    ['transfer', 'to-come', null],
  ]);
});
