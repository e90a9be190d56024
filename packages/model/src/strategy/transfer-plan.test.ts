import { expect, test } from 'vitest';
import { sampleDisk, sampleDomain, samplePlan } from '../check/sample-input.ts';
import { type DiskPlan, planWarm } from './transfer-plan.ts';

const copied = samplePlan('copy').disks[0] as Extract<DiskPlan, { action: 'copy' }>;

test('the disks that are copied and that the guest writes to', () => {
  const domain = sampleDomain({
    disks: [sampleDisk(), sampleDisk({ target: 'sda' }), sampleDisk({ target: 'vdb' })],
  });
  const disks: DiskPlan[] = [
    copied,
    { ...copied, target: 'sda', readOnly: true },
    { action: 'keep', target: 'vdb', path: null, because: 'shared' },
    { ...copied, target: 'nvram' },
  ];
  expect(planWarm(domain, samplePlan('copy', { disks }))).toEqual(['vda']);
});

test.each([
  ['does not run', sampleDomain({ power: 'shutoff' }), samplePlan('copy')],
  ['is paused', sampleDomain({ power: 'paused' }), samplePlan('copy')],
  ['has its disks on shared storage', sampleDomain(), samplePlan('keep')],
])('no use in it for a guest that %s', (_, domain, plan) => {
  expect(planWarm(domain, plan)).toBeNull();
});
