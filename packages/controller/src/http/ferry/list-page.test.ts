import { expect, test } from 'vitest';
import { listPage } from './list-page.ts';

const many = Array.from({ length: 2_001 }, (_, index) => String(index));
const page = (query: { limit?: string; marker?: string }) => listPage(many, query, (one) => one);

test.each([undefined, '0', '1000', '999999999'])('limit=%s: no more than 1,000 in one answer', (limit) => {
  const { page: first, next } = page(limit === undefined ? {} : { limit });
  expect([first.length, next]).toEqual([1000, '999']);
});

test('pages after each other are the whole list', () => {
  const seen: string[] = [];
  let marker: string | null = '';
  while (marker !== null) {
    const one: ReturnType<typeof page> = page(marker === '' ? {} : { marker });
    seen.push(...one.page);
    marker = one.next;
  }
  expect(seen).toEqual(many);
});

test('a last page that is full has no next one', () => {
  expect(listPage(['a', 'b'], { limit: '2' }, (one) => one)).toEqual({ page: ['a', 'b'], next: null });
});

test('a marker that is gone is told, and is no first page', () => {
  expect(() => page({ marker: 'gone' })).toThrow('The list has no "gone" any more');
});
