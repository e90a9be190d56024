import { describe, expect, test } from 'vitest';
import { sampleDomain, samplePlan, samplePool, severities } from './sample-input.ts';
import { storageMappedCheck } from './storage-mapped.ts';

const elsewhere = samplePlan('copy', { targetPaths: { '/images/web.qcow2': '/srv/web.qcow2' } });
const cold = { kind: 'cold-migration' } as const;
const extras = { ...sampleDomain().extras, snapshots: ['clean'] };

describe('storage-mapped', () => {
  test.each([
    { when: 'nothing is mapped', given: {}, found: ['ok'] },
    { when: 'a file stands elsewhere', given: { plan: elsewhere }, found: ['ok'] },
    {
      when: 'a directory is mapped that nothing of the guest is in',
      given: { request: { pathMap: { '/image': '/srv' } } },
      found: ['warning'],
    },
    {
      when: 'a device is said to be shared that the guest does not have',
      given: { request: { sharedDevices: ['/dev/x'] } },
      found: ['warning'],
    },
    {
      when: 'two files would be one',
      given: { plan: samplePlan('copy', { targetPaths: { '/a': '/c', '/b': '/c' } }) },
      found: ['error'],
    },
    {
      when: 'a snapshot names the old path',
      given: { plan: elsewhere, domain: sampleDomain({ extras }), request: cold },
      found: ['error'],
    },
    {
      when: 'a snapshot names the old pool',
      given: {
        pools: [samplePool({ targetName: 'vms' })],
        domain: sampleDomain({ extras }),
        request: { ...cold, poolMap: { images: 'vms' } },
      },
      found: ['error'],
    },
    {
      when: 'overlays would name the old path',
      given: { plan: { ...elsewhere, warm: ['vda'] }, request: cold },
      found: ['error'],
    },
  ])('$when: $found', ({ given, found }) => {
    expect(severities(storageMappedCheck, given)).toEqual(found);
  });
});
