import { describe, expect, test } from 'vitest';
import {
  canBecome,
  IllegalTransition,
  isFinal,
  type MigrationKind,
  type MigrationStatus,
  transition,
} from './migration.ts';

const statuses: readonly MigrationStatus[] = [
  'accepted',
  'queued',
  'preparing',
  'running',
  'completed',
  'failed',
  'cancelled',
  'error',
  'pre-migrating',
  'migrating',
  'post-migrating',
  'finished',
  'confirming',
  'confirmed',
  'reverting',
  'reverted',
  'done',
];

/** Written out a second time on purpose: the table is the contract with Nova's clients. */
const legal: Readonly<Record<MigrationKind, readonly string[]>> = {
  'live-migration': [
    'accepted>queued',
    'accepted>cancelled',
    'accepted>failed',
    'accepted>error',
    'queued>preparing',
    'queued>cancelled',
    'queued>failed',
    'queued>error',
    'preparing>running',
    'preparing>cancelled',
    'preparing>failed',
    'preparing>error',
    'running>completed',
    'running>cancelled',
    'running>failed',
    'running>error',
    'running>post-migrating',
    'post-migrating>completed',
    'post-migrating>cancelled',
    'post-migrating>failed',
    'post-migrating>error',
  ],
  'cold-migration': [
    'accepted>pre-migrating',
    'accepted>cancelled',
    'accepted>error',
    'pre-migrating>migrating',
    'pre-migrating>cancelled',
    'pre-migrating>error',
    'migrating>post-migrating',
    'migrating>cancelled',
    'migrating>error',
    'post-migrating>finished',
    'post-migrating>cancelled',
    'post-migrating>error',
    'finished>confirmed',
    'finished>confirming',
    'finished>reverting',
    'confirming>confirmed',
    'reverting>reverted',
    'reverting>finished',
    'finished>error',
  ],
  rehearsal: [
    'accepted>queued',
    'accepted>cancelled',
    'accepted>failed',
    'queued>preparing',
    'queued>cancelled',
    'queued>failed',
    'preparing>running',
    'preparing>cancelled',
    'preparing>failed',
    'running>completed',
    'running>cancelled',
    'running>failed',
  ],
  evacuation: [
    'accepted>pre-migrating',
    'accepted>cancelled',
    'accepted>failed',
    'pre-migrating>done',
    'pre-migrating>cancelled',
    'pre-migrating>failed',
    'done>completed',
  ],
};
const kinds = ['live-migration', 'cold-migration', 'evacuation', 'rehearsal'] as const;
const pairs = kinds.flatMap((kind) => statuses.flatMap((from) => statuses.map((to) => ({ kind, from, to }))));

describe('statuses of a migration', () => {
  test.each(pairs)('$kind: $from to $to', ({ kind, from, to }) => {
    expect(canBecome(kind, from, to)).toBe(legal[kind].includes(`${from}>${to}`));
  });

  test('a legal change gives the new status, any other is refused by its code', () => {
    expect(transition('live-migration', 'running', 'completed')).toBe('completed');
    expect(() => transition('live-migration', 'completed', 'running')).toThrow(IllegalTransition);
    expect(() => transition('cold-migration', 'post-migrating', 'running')).toThrow(
      expect.objectContaining({ code: 'illegal-transition' }),
    );
  });

  test.each([
    { kind: 'live-migration', final: ['completed', 'failed', 'cancelled', 'error'] },
    { kind: 'rehearsal', final: ['completed', 'failed', 'cancelled'] },
    { kind: 'evacuation', final: ['completed', 'failed', 'cancelled'] },
    { kind: 'cold-migration', final: ['cancelled', 'error', 'confirmed', 'reverted'] },
  ] as const)('final in a $kind: $final', ({ kind, final }) => {
    expect(statuses.filter((status) => isFinal(kind, status)).toSorted()).toEqual([...final].toSorted());
  });
});
