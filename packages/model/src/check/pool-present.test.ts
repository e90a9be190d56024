import { describe, expect, test } from 'vitest';
import { poolPresentCheck } from './pool-present.ts';
import { sampleHost, sampleInput, samplePool, severities } from './sample-input.ts';

const images = { type: 'dir', active: true, directory: '/images', source: '', secrets: [] };
const elsewhere = { ...images, directory: '/srv' };
const san = { ...images, type: 'iscsi-direct', directory: null, source: 'host=san:3260 device=iqn:a' };
const defines = { pools: {}, paths: {}, define: true };

describe('pool-present', () => {
  test.each([
    { when: 'the target has the same', pool: {}, found: 'ok' },
    { when: 'it is stopped there', pool: { onTarget: { ...images, active: false } }, found: 'info' },
    { when: 'it is another directory', pool: { onTarget: elsewhere }, found: 'error' },
    { when: 'it is missing', pool: { onTarget: 'absent' }, found: 'error' },
    { when: 'the target was silent', pool: { onTarget: null }, found: 'unknown' },
    { when: 'the source has lost it', pool: { atSource: 'absent' }, found: 'error' },
    { when: 'both have the same target of iSCSI', pool: { atSource: san, onTarget: san }, found: 'ok' },
    {
      when: 'it is another target of iSCSI',
      pool: { atSource: san, onTarget: { ...san, source: 'host=san:3260 device=iqn:b' } },
      found: 'error',
    },
    { when: 'it is another kind', pool: { atSource: san, onTarget: images }, found: 'error' },
    {
      when: 'a directory is a mounted one there',
      pool: { onTarget: { ...images, type: 'netfs', source: 'host=nas dir=/x' } },
      found: 'ok',
    },
  ] as const)('$when: $found', ({ pool, found }) => {
    expect(severities(poolPresentCheck, { pools: [samplePool(pool)] })).toEqual([found]);
  });

  test('another directory is right where somebody says so, by the pool or by the path', () => {
    for (const [targetName, request] of [
      ['vms', { poolMap: { images: 'vms' } }],
      ['images', { pathMap: { '/images': '/srv' } }],
    ] as const) {
      const pools = [samplePool({ targetName, onTarget: elsewhere })];
      expect(severities(poolPresentCheck, { pools, request })).toEqual(['ok']);
    }
  });

  test('one that is missing is defined where the move or the host allows it, by the same name alone', () => {
    const pools = [samplePool({ onTarget: 'absent' })];
    const target = { ...sampleHost('beta'), storage: defines };
    expect(severities(poolPresentCheck, { pools, request: { definePools: true } })).toEqual(['info']);
    expect(severities(poolPresentCheck, { pools, target })).toEqual(['info']);
    const renamed = [samplePool({ targetName: 'vms', onTarget: 'absent' })];
    const request = { definePools: true, poolMap: { images: 'vms' } };
    expect(severities(poolPresentCheck, { pools: renamed, request })).toEqual(['error']);
  });

  test('a mapped pool that the guest does not use is a warning', () => {
    const [, finding] = poolPresentCheck.judge(
      sampleInput({ pools: [samplePool()], request: { poolMap: { image: 'vms' } } }),
    );
    expect(finding).toMatchObject({ severity: 'warning', compared: { mapped: 'image', guestHas: 'images' } });
  });
});
