import { expect, test } from 'vitest';
import { sampleHost } from '../check/sample-input.ts';
import { admissionOf, takeAgain, whyTakesNone } from './host.ts';

const since = '2026-01-01T00:00:00Z';

test('a host takes instances unless it is disabled or in maintenance, and says which', () => {
  const open = sampleHost('alpha');
  const disabled = sampleHost('alpha', {}, { status: 'disabled' });
  const maintained = { ...disabled, maintenance: { since, by: 'anna', reason: 'new disks' } };
  expect([open, disabled, maintained].map(admissionOf)).toEqual(['open', 'disabled', 'maintenance']);
  expect(whyTakesNone(open)).toBeNull();
  expect(whyTakesNone(disabled)).toBe('it is disabled');
  expect(whyTakesNone(maintained)).toBe('it is in maintenance (new disks)');
  expect(whyTakesNone({ ...open, maintenance: { since, by: 'anna', reason: '' } })).toBe(
    'it is in maintenance',
  );
  expect(takeAgain(disabled)).toBe('Enable "alpha" again');
  expect(takeAgain(maintained)).toContain('ferry host maintenance alpha off');
});
