import { expect, test } from 'vitest';
import { sampleDisk, sampleDomain } from '../check/sample-input.ts';
import { planResize } from './plan-resize.ts';

const gib = 1024 ** 3;
const from = { memoryBytes: gib, vcpus: 1, flavor: null };
const flavor = (rootGib: number): Parameters<typeof planResize>[2] => ({
  id: '2',
  name: 'larger',
  vcpus: 2,
  memoryMib: 2048,
  rootGib,
  ephemeralGib: 0,
  swapMib: 0,
  extraSpecs: {},
});
const kinds = (...[domain, root]: [Parameters<typeof planResize>[0], number]): string[] =>
  planResize(domain, from, flavor(root)).obstacles.map(({ kind }) => kind);

test('memory and processors are the flavor’s, and a smaller root disk grows', () => {
  const { resize, obstacles } = planResize(sampleDomain({ disks: [sampleDisk()] }), from, flavor(8));
  expect(obstacles).toEqual([]);
  expect(resize).toMatchObject({
    to: { memoryBytes: 2 * gib, vcpus: 2 },
    rootDisk: { path: '/images/web.qcow2', capacityBytes: 8 * gib, format: 'qcow2' },
  });
});

test.each([0, 4])('a root disk of %i GiB in the flavor leaves one of 4 GiB as it is', (rootGib) => {
  const { resize, obstacles } = planResize(sampleDomain({ disks: [sampleDisk()] }), from, flavor(rootGib));
  expect([resize.rootDisk, obstacles]).toEqual([null, []]);
});

test('what cannot be changed is named', () => {
  expect(kinds(sampleDomain({ disks: [sampleDisk()] }), 2)).toEqual(['disk-shrinks']);
  expect(kinds(sampleDomain({ disks: [sampleDisk({ kind: 'block' })] }), 8)).toEqual(['disk-fixed']);
  expect(kinds(sampleDomain({ disks: [sampleDisk({ image: null })] }), 8)).toEqual(['disk-fixed']);
  expect(kinds(sampleDomain({ disks: [], cpuXml: '<cpu><numa><cell id="0"/></numa></cpu>' }), 8)).toEqual([
    'numa',
  ]);
});
