import { expect, test } from 'vitest';
import { networkId } from './network-id.ts';

test('an id is a UUID, the same each time, and of one name alone', () => {
  const ids = Array.from({ length: 200 }, (_, at) => networkId(`net${at}`));
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(ids).size).toBe(ids.length);
  expect(networkId('net7')).toBe(ids[7]);
});
