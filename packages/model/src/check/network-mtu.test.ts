import { describe, expect, test } from 'vitest';
import { untoldPlug } from '../instance/untold-plug.ts';
import { networkMtuCheck } from './network-mtu.ts';
import { samplePlug, severities } from './sample-input.ts';

const sized = (source: number | null, target: number | null): { plugs: [ReturnType<typeof samplePlug>] } => {
  const facts = { ...untoldPlug, kind: 'device', active: true } as const;
  return {
    plugs: [samplePlug({ atSource: { ...facts, mtu: source }, onTarget: { ...facts, mtu: target } })],
  };
};

describe('packet sizes of networks', () => {
  test.each([
    { when: 'the same', given: sized(9000, 9000), finds: ['ok'] },
    { when: 'smaller on the target', given: sized(9000, 1500), finds: ['error'] },
    { when: 'larger on the target', given: sized(1500, 9000), finds: ['warning'] },
    { when: 'not known at the source', given: sized(null, 1500), finds: ['unknown'] },
    { when: 'not known on the target', given: sized(1500, null), finds: ['unknown'] },
    { when: 'target silent', given: { plugs: [samplePlug({ onTarget: null })] }, finds: ['unknown'] },
    { when: 'not there', given: { plugs: [samplePlug({ onTarget: 'absent' })] }, finds: ['ok'] },
    { when: 'no networks', given: { plugs: [] }, finds: ['ok'] },
    { when: 'source silent', given: { domain: null }, finds: ['unknown'] },
  ] as const)('$when: $finds', ({ given, finds }) => {
    expect(severities(networkMtuCheck, given)).toEqual(finds);
  });
});
