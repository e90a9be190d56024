import { describe, expect, test } from 'vitest';
import { hostDevicesCheck } from './host-devices.ts';
import { sampleDomain, severities } from './sample-input.ts';

describe('devices of the host', () => {
  test.each([
    { when: 'none', given: {}, finds: ['ok'] },
    { when: 'one, live', given: { domain: sampleDomain({ hostDevices: ['pci'] }) }, finds: ['error'] },
    { when: 'not told', given: { domain: null }, finds: ['unknown'] },
  ])('$when: $finds', ({ given, finds }) => {
    expect(severities(hostDevicesCheck, given)).toEqual(finds);
  });
});
