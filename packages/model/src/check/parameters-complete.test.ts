import { describe, expect, test } from 'vitest';
import { parametersCompleteCheck } from './parameters-complete.ts';
import { samplePlan, severities } from './sample-input.ts';

describe('the parameters', () => {
  test.each([
    { when: 'none given', given: {}, finds: ['ok'] },
    { when: 'an empty name', given: { request: { host: ' ' } }, finds: ['error'] },
    { when: 'a bandwidth of 0', given: { request: { bandwidthBytesPerSecond: 0 } }, finds: ['error'] },
    {
      when: 'a bandwidth that is no number',
      given: { request: { bandwidthBytesPerSecond: Number.NaN } },
      finds: ['error'],
    },
    {
      when: 'a downtime beyond the bound of QEMU',
      given: { request: { maxDowntimeMs: 2_000_001 } },
      finds: ['error'],
    },
    {
      when: 'two that are wrong',
      given: { request: { maxDowntimeMs: 0, bandwidthBytesPerSecond: -1 } },
      finds: ['error', 'error'],
    },
    { when: 'warm for a live migration', given: { request: { warm: true } }, finds: ['ok', 'info'] },
    {
      when: 'a downtime for a cold migration',
      given: { request: { kind: 'cold-migration' as const, maxDowntimeMs: 5 } },
      finds: ['ok', 'info'],
    },
    {
      when: 'block migration of shared disks',
      given: { request: { blockMigration: 'yes' as const } },
      finds: ['error'],
    },
    {
      when: 'block migration of local disks',
      given: { request: { blockMigration: 'yes' as const }, plan: samplePlan('copy') },
      finds: ['ok'],
    },
    {
      when: 'no block migration of local disks',
      given: { request: { blockMigration: 'no' as const }, plan: samplePlan('copy') },
      finds: ['error'],
    },
    {
      when: 'block migration without a plan',
      given: { request: { blockMigration: 'yes' as const }, plan: null },
      finds: ['ok'],
    },
  ])('$when: $finds', ({ given, finds }) => {
    expect(severities(parametersCompleteCheck, given)).toEqual(finds);
  });
});
