import { expect, test } from 'vitest';
import { type NounColumns, readNoun, writeNoun } from './noun-columns.ts';

interface Thing {
  readonly name: string;
  readonly endedAt: string | null;
  readonly parts: readonly number[];
  readonly plan: { readonly steps: number } | null;
  readonly held: boolean;
}

const columns = {
  name: ['thing_name', 'text'],
  endedAt: ['ended_at', 'text?'],
  parts: ['parts', 'json'],
  plan: ['plan', 'json?'],
  held: ['held', 'flag'],
} as const satisfies NounColumns<Thing>;

const done: Thing = { name: 'a', endedAt: '2026', parts: [1, 2], plan: { steps: 3 }, held: true };

test.each<[Thing, object]>([
  [done, { thing_name: 'a', ended_at: '2026', parts: '[1,2]', plan: '{"steps":3}', held: 1 }],
  [
    { ...done, endedAt: null, parts: [], plan: null, held: false },
    { thing_name: 'a', ended_at: null, parts: '[]', plan: null, held: 0 },
  ],
])('a noun is written to its columns, and read back from a row that has more: %j', (thing, row) => {
  expect(writeNoun(columns, { ...thing })).toEqual(row);
  expect(readNoun<Thing>(columns, { ...row, sequence: 7 })).toEqual(thing);
});
