import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readRecording, replayRecording } from './recording.ts';

/** What real hosts showed (libvirt 11.3, QEMU 10.0): a guest that changes the same 96 MiB over and over, sent at 30 MiB/s. */
function recorded(name: string): ReturnType<typeof readRecording> {
  return readRecording(readFileSync(join(import.meta.dirname, 'recordings', `${name}.ndjson`), 'utf8'));
}
const texts = (name: string, values = {}, rules?: string): string[] =>
  replayRecording(recorded(name), values, rules).map(({ by, text }) => `${by}: ${text}`);

describe('a transfer of real hosts, run through the rules again', () => {
  test('that was ended by its policy is ended again, at the same passes', () => {
    const told = texts('hot-set-abort');
    expect(told.every((one) => one.startsWith('both'))).toBe(true);
    expect(told.at(-1)).toContain('ends the transfer: it does not converge (pass 8 has');
  });

  test('that was switched over at a minimum is decided so again', () => {
    const told = texts('hot-set-link');
    expect(told[0]).toMatch(/^both: does not converge: pass 5/);
    expect(told[1]).toMatch(/^both: may switch over with up to 1\d{3} ms of downtime, at the next minimum/);
  });

  test('would not have been ended by one that waits, nor as early by patient rules', () => {
    expect(texts('hot-set-abort', { whenStalled: 'wait' }).at(-1)).toMatch(/^recorded: ends the transfer/);
    expect(texts('hot-set-abort', {}, 'patient').filter((one) => one.startsWith('replayed'))).toEqual([]);
  });

  test('would have been paused where a pause of five seconds is allowed, and not of one', () => {
    const five = texts('hot-set-abort', { whenStalled: 'pause', maxPauseMs: 5_000 }).join('\n');
    expect(five).toContain('replayed: the guest is paused for 5000 ms at most, about 3');
    const one = texts('hot-set-abort', { whenStalled: 'pause', maxPauseMs: 1_000 }).join('\n');
    expect(one).toContain('replayed: no pause: it would take 3');
  });
});

test.each([
  ['', 'line 1 does not tell of which migration it is'],
  ['{"kind":"migration","version":2,"migration":{"id":"a"}}', 'it is of version 2'],
  ['{"kind":"migration","version":1,"migration":{"id":"a"}}\nhello', 'line 2 is no JSON'],
  ['[]', 'line 1 does not tell its kind'],
])('%j is no recording, and what is wrong is told', (text, why) => {
  expect(() => readRecording(text)).toThrow(why);
});

test('rules that there are not are named', () => {
  expect(() => replayRecording(recorded('hot-set-abort'), {}, 'none')).toThrow(
    'there are: net-progress, patient, quick',
  );
});
