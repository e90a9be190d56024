import { describe, expect, test } from 'vitest';
import * as exported from '../index.ts';
import { type LibvirtSource, libvirtSources } from '../procedures/libvirt-sources.test-support.ts';
import { constantGroups, notOfHeaders } from './constant-groups.test-support.ts';
import { LibvirtHeaders } from './libvirt-headers.test-support.ts';

/** What the package exports beside functions and classes: groups of constants, but for these. */
const others = ['procedures', 'defaultBackoff'];
const groups = new Map(
  Object.entries(exported as Readonly<Record<string, unknown>>).filter(
    ([name, value]) => typeof value === 'object' && !others.includes(name),
  ),
);

test('every exported group is held against something, or says why not', () => {
  const held = [...Object.keys(constantGroups), ...Object.keys(notOfHeaders)];
  expect(held.toSorted()).toEqual([...groups.keys()].toSorted());
});

// The headers are not part of this repository: `make protocol` fetches them and runs this.
const sources = libvirtSources();
test.runIf(sources.length === 0)('constants are held against headers (LIBVIRT_PROTOCOL_X)', ({ skip }) => {
  skip('no source of libvirt is at hand');
  expect(sources).not.toEqual([]);
});

const newest = sources.toSorted((one, other) => age(other) - age(one))[0]?.name;

describe.each(sources)('$name', ({ name, headerFolder }) => {
  const headers = new LibvirtHeaders(headerFolder);

  test.each(Object.keys(constantGroups))('%s', (group) => {
    const theirs = constantGroups[group]?.(headers) ?? {};
    const ours = plainly(groups.get(group));
    expect(Object.keys(theirs).length + Number(name !== newest)).toBeGreaterThan(0);
    // An older release lacks some of ours; the newest must have no other ones.
    expect(ours).toEqual(name === newest ? theirs : { ...ours, ...theirs });
  });
});

function age({ release }: LibvirtSource): number {
  return release === null ? Number.POSITIVE_INFINITY : release[0] * 1000 + release[1];
}

/** Names by their number are a group like any other. */
function plainly(group: unknown): Readonly<Record<string, unknown>> {
  if (Array.isArray(group)) return Object.fromEntries(group.map((name, index) => [String(name), index]));
  return group as Readonly<Record<string, unknown>>;
}
