import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { outcomeRule } from './outcome.ts';
import { outcomeRules } from './outcome-rules.ts';
import type { PresentSighting, Sighting } from './sighting.ts';

const document = readFileSync(new URL('../../../../docs/recovery.md', import.meta.url), 'utf8');

/** The rows of the table under a heading of the document, without its head. */
function tableUnder(heading: string): readonly (readonly string[])[] {
  const part = document.split(/^## /m).find((one) => one.startsWith(`${heading}\n`)) ?? '';
  const rows = part.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

/** What a host shows, from the document's words for it: `paused (migrating), job`. Guests of the table are persistent. */
function sightingOf(words: string): Sighting {
  if (words === 'nothing') return { kind: 'absent' };
  if (words === 'no answer') return { kind: 'unreachable', reason: 'no route to host' };
  const match = /^(running|paused|shutoff|crashed|other) \(([a-z -]+)\)(, job)?$/.exec(words);
  if (match === null) throw new Error(`not the words of a sighting: ${words}`);
  const [, state, reason = '', job] = match;
  return {
    kind: 'present',
    state: state as PresentSighting['state'],
    reason,
    job: job === undefined ? 'none' : 'active',
    persistent: true,
  };
}

const faults = tableUnder('Faults, and what they leave');

describe('the document on recovery', () => {
  test('names the rules of the code, all of them, in their order', () => {
    const rows = tableUnder('The decision rule');
    expect(rows.map(([rule]) => rule)).toEqual(outcomeRules.map(({ name }) => name));
    for (const [, , , outcome] of rows)
      expect(outcome).toMatch(/^\*\*(moved|stayed|arrived|lost|running|unknown)\*\*/);
  });

  test.each(faults)('%s, %s', (...row) => {
    const [, , source = '', target = '', arrives, rule, outcome] = row;
    const seen = [sightingOf(source), sightingOf(target)] as const;
    const found = outcomeRule(...seen, {
      arrivesPaused: arrives === 'paused',
      stoodStill: arrives === 'stood still',
      persistent: true,
    });
    const judged = found.judge(...seen);
    expect(found.name).toBe(rule);
    expect('guest' in judged ? `${judged.kind}, ${judged.guest}` : judged.kind).toBe(outcome);
  });

  test('shows each rule at work, with the outcome that its row tells', () => {
    expect(new Set(faults.map((row) => row[5]))).toEqual(new Set(outcomeRules.map(({ name }) => name)));
    const told = new Map(tableUnder('The decision rule').map(([name, , , outcome]) => [name, outcome]));
    for (const row of faults) {
      const [kind = ''] = (row[6] ?? '').split(',');
      expect(told.get(row[5])).toContain(`**${kind}**`);
    }
  });
});
