import type { HostBody } from '@ferry/api';
import { expect, test } from 'vitest';
import { verdictOf } from './checks.ts';
import { candidates } from './target-words.tsx';

const host = (id: string, more: Partial<HostBody> = {}, free = 1): HostBody =>
  ({
    id,
    name: id,
    zone: 'north',
    maintenance: null,
    service: { state: 'up', status: 'enabled' },
    facts: { memoryAvailableBytes: free },
    ...more,
  }) as HostBody;

test('targets of its zone with most memory free are first, those that take nothing last, with why', () => {
  const found = candidates({ hostId: 'source' }, [
    host('source', {}, 9),
    host('far', { zone: 'south' }, 9),
    host('small'),
    host('large', {}, 5),
    host('down', { service: { state: 'down', status: 'enabled' } as HostBody['service'] }, 8),
    host('shut', { maintenance: { since: '', by: 'ann', reason: '' } }, 7),
    host('off', { service: { state: 'up', status: 'disabled' } as HostBody['service'] }, 6),
  ]);
  expect(found.map(({ host: { name }, obstacle }) => [name, obstacle])).toEqual([
    ['large', null],
    ['small', null],
    ['far', null],
    ['source', 'source'],
    ['down', 'down'],
    ['shut', 'maintenance'],
    ['off', 'disabled'],
  ]);
});

const finding = (severity: string, message: string) => ({ severity, message });

const report = (verdict: string) => ({
  possible: verdict === 'possible',
  verdict,
  findings: [finding('ok', 'a'), finding('unknown', 'nobody knows'), finding('error', 'no room')],
});

const told = (verdict: string) => verdictOf({ data: report(verdict) as never, error: null });

test('a target that is refused says why by the finding that bars it', () => {
  expect(told('possible').kind).toBe('possible');
  expect(told('not-possible')).toMatchObject({ kind: 'refused', because: 'no room' });
  expect(told('not-known')).toMatchObject({ kind: 'refused', because: 'nobody knows' });
  expect(verdictOf({ data: undefined, error: null }).kind).toBe('asking');
});
