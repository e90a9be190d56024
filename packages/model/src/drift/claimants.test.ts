import { describe, expect, test } from 'vitest';
import type { PresentSighting, Sighting } from '../migration/sighting.ts';
import { claimants, drift, type Drift } from './drift.ts';

const gone: Sighting = { kind: 'absent' };
const down: Sighting = { kind: 'unreachable', reason: 'no route to host' };
function shows(
  state: PresentSighting['state'],
  reason: string,
  job: PresentSighting['job'] = 'none',
): Sighting {
  return { kind: 'present', state, reason, job, persistent: true };
}
const runs = shows('running', 'booted');
const paused = shows('paused', 'user');
const off = shows('shutoff', 'shutdown');
const migrated = shows('shutoff', 'migrated');

type Four = readonly [a: Sighting, had: Sighting, stranger: Sighting, other?: Sighting];
const shownBy = ([a, had, stranger, other = gone]: Four): Map<string, Sighting> =>
  new Map([
    ['a', a],
    ['had', had],
    ['stranger', stranger],
    ['other', other],
  ]);
const hadIt = new Set(['a', 'had']);
const found = (...four: Four): Drift =>
  drift({ hostId: 'a', powerState: 'running', fault: null }, shownBy(four), hadIt);
const claimed = (hostIds: string[], runners: string[] = []): object => ({
  kind: 'claimed',
  hostIds,
  runners,
});

describe('what a host shows that never had the instance', () => {
  test.each<[when: string, four: Four, result: object]>([
    [
      'it runs twice: only the claimant is to be paused',
      [runs, gone, runs],
      claimed(['stranger'], ['stranger']),
    ],
    ['two claim it', [runs, gone, paused, runs], claimed(['other', 'stranger'], ['other'])],
    ['post-copy failed there', [runs, gone, shows('paused', 'post-copy failed')], claimed(['stranger'])],
    [
      'it is always about to move there',
      [runs, gone, shows('paused', 'migrating', 'active')],
      claimed(['stranger']),
    ],
    ['a definition', [paused, gone, off], claimed(['stranger'])],
    [
      'its own host moves it, as it seems',
      [shows('running', 'booted', 'active'), gone, runs],
      claimed(['stranger']),
    ],
    [
      'somebody moves it there by hand',
      [shows('running', 'booted', 'active'), gone, shows('paused', 'migrating')],
      { kind: 'wait' },
    ],
    ['its own host has it off', [off, gone, runs], claimed(['stranger'])],
    ['its own host is silent', [down, gone, runs], { kind: 'unreachable' }],
    ['a host that had it runs it too', [runs, runs, runs], { kind: 'two-runners', hostIds: ['a', 'had'] }],
    ['a host that had it has it off', [runs, off, runs], { kind: 'stale-copy', hostIds: ['had'] }],
    ['its own host has it no more', [gone, gone, runs], { kind: 'moved', hostId: 'stranger', guest: 'runs' }],
    [
      'it was migrated away',
      [migrated, gone, paused],
      { kind: 'moved', hostId: 'stranger', guest: 'paused' },
    ],
    [
      'it was migrated to a host that had it',
      [migrated, runs, runs],
      { kind: 'moved', hostId: 'had', guest: 'runs' },
    ],
    ['two show it, and its own host has it no more', [gone, gone, runs, runs], { kind: 'vanished' }],
    [
      'a switch-over broke off',
      [shows('paused', 'migrating'), gone, runs],
      { kind: 'ambiguous', because: 'stands still' },
    ],
  ])('%s', (_when, four, result) => {
    expect(found(...four)).toMatchObject(result);
  });

  test('nobody is a claimant where all are believed, and nobody who shows nothing', () => {
    expect(claimants('a', shownBy([runs, runs, runs]), 'all')).toEqual([]);
    expect(claimants('a', shownBy([runs, runs, gone, down]), hadIt)).toEqual([]);
  });

  test('without the sighting of its own host nobody is believed', () => {
    const shown = new Map([['stranger', runs]]);
    expect(claimants('a', shown, hadIt)).toEqual(['stranger']);
  });
});
