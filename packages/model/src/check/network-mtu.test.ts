import { describe, expect, test } from 'vitest';
import { unspecifiedNetwork } from '../instance/network-facts.ts';
import { networkMtuCheck } from './network-mtu.ts';
import { sampleNetwork, severities } from './sample-input.ts';

const sized = (
  source: number | null,
  target: number | null,
): { networks: [ReturnType<typeof sampleNetwork>] } => {
  const facts = { ...unspecifiedNetwork, kind: 'device', active: true } as const;
  return {
    networks: [sampleNetwork({ atSource: { ...facts, mtu: source }, onTarget: { ...facts, mtu: target } })],
  };
};

describe('packet sizes of networks', () => {
  test.each([
    { when: 'the same', given: sized(9000, 9000), finds: ['ok'] },
    { when: 'smaller on the target', given: sized(9000, 1500), finds: ['error'] },
    { when: 'larger on the target', given: sized(1500, 9000), finds: ['warning'] },
    { when: 'not known at the source', given: sized(null, 1500), finds: ['unknown'] },
    { when: 'not known on the target', given: sized(1500, null), finds: ['unknown'] },
    { when: 'target silent', given: { networks: [sampleNetwork({ onTarget: null })] }, finds: ['unknown'] },
    { when: 'not there', given: { networks: [sampleNetwork({ onTarget: 'absent' })] }, finds: ['ok'] },
    { when: 'no networks', given: { networks: [] }, finds: ['ok'] },
    { when: 'source silent', given: { domain: null }, finds: ['unknown'] },
  ] as const)('$when: $finds', ({ given, finds }) => {
    expect(severities(networkMtuCheck, given)).toEqual(finds);
  });
});
