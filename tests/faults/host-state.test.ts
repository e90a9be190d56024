import { describe, expect, test } from 'vitest';
import { type BothHosts, differences } from './host-state.ts';

const marks = ['web', 'group-7', 'interface tap3'];
const before: BothHosts = {
  source: [
    'autostart web',
    'domain db',
    'domain web',
    'file /images/lab-base.qcow2',
    'filter ferry-group-7',
    'interface tap3',
  ],
  target: ['domain other'],
};
const moved: BothHosts = {
  source: ['domain db', 'file /images/lab-base.qcow2'],
  target: [
    'autostart web',
    'domain other',
    'domain web',
    'file /images/lab-base.qcow2',
    'filter ferry-group-7',
    'interface tap3',
  ],
};

describe('what a move leaves', () => {
  test('nothing, when the guest with all that is its own has changed sides, or has not', () => {
    expect(differences(before, moved, { moved: true, marks })).toEqual([]);
    expect(differences(before, before, { moved: false, marks })).toEqual([]);
  });

  test.each([
    { what: 'a definition', left: 'domain web' },
    { what: 'its disk', left: 'file /images/web.qcow2' },
    { what: 'its filter', left: 'filter ferry-group-7' },
    { what: 'its interface', left: 'interface tap3' },
    { what: 'a file of nobody', left: 'file /images/.probe' },
  ])('is told of either side: $what', ({ left }) => {
    const atSource = { source: [...moved.source, left], target: moved.target };
    expect(differences(before, atSource, { moved: true, marks }).join()).toMatch(`source: ${left}`);
    const atTarget = { source: before.source, target: [...before.target, left] };
    expect(differences(before, atTarget, { moved: false, marks }).join()).toMatch(`target: ${left}`);
  });

  test('a base that came with a move that was taken back is left; at the source of one that moved it may stay', () => {
    const base = 'file /images/lab-base.qcow2';
    const after = { source: before.source, target: [...before.target, base] };
    expect(differences(before, after, { moved: false, marks })).toEqual([`left on the target: ${base}`]);
    const gone = { source: ['domain db'], target: moved.target };
    expect(differences(before, gone, { moved: true, marks })).toEqual([]);
  });

  test('what was there and is gone is told: an autostart that was not given back', () => {
    const after = { source: before.source.filter((line) => line !== 'autostart web'), target: before.target };
    expect(differences(before, after, { moved: false, marks })).toEqual([
      'missing of the guest on the source: autostart web',
    ]);
  });
});
