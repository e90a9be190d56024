import { expect, test } from 'vitest';
import { NovaFault } from './nova-fault.ts';
import { offsetPage, pageOf, requireOnePage } from './paging.ts';

const many = Array.from({ length: 1_500 }, (_, index) => index);

test.each([
  [{}, 0, 1000],
  [{ limit: '0' }, 0, 1000],
  [{ limit: '999999999' }, 0, 1000],
  [{ limit: '2', offset: '3' }, 3, 2],
  [{ limit: '0', offset: '900' }, 900, 600],
])('%j of 1,500 entries is no page of more than 1,000', (query, first, length) => {
  const page = offsetPage(many, query);
  expect([page[0], page.length]).toEqual([first, length]);
  expect(pageOf(query).limit).toBeLessThanOrEqual(1000);
});

test('a list of before there were pages is told whole or not at all', () => {
  expect(requireOnePage(many.slice(0, 1000), 'keypairs', 35)).toHaveLength(1000);
  expect(() => requireOnePage(many.slice(0, 1001), 'keypairs', 35)).toThrow(
    new NovaFault(
      400,
      'There are more than 1000 keypairs: ask with microversion 2.35 or later, which has pages.',
    ),
  );
});
