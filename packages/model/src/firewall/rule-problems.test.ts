import { describe, expect, test } from 'vitest';
import { parseCidr, ruleProblems, type SecurityGroupRule } from './security-group.ts';

const ssh: Omit<SecurityGroupRule, 'id'> = {
  direction: 'ingress',
  ethertype: 'IPv4',
  protocol: 'tcp',
  ports: [22, 22],
  remoteCidr: '10.0.0.0/8',
};

describe('rules of security groups', () => {
  test.each([
    { when: 'a port of tcp', given: {}, wrong: [] },
    { when: 'all ports from all', given: { ports: null, remoteCidr: null }, wrong: [] },
    { when: 'a port of icmp', given: { protocol: 'icmp' }, wrong: ['Ports are of tcp and udp'] },
    { when: 'a port of any', given: { protocol: 'any' }, wrong: ['Ports are of tcp and udp'] },
    { when: 'port 0', given: { ports: [0, 22] }, wrong: ['no range within 1-65535'] },
    { when: 'a port too great', given: { ports: [22, 65_536] }, wrong: ['no range within 1-65535'] },
    { when: 'ports backwards', given: { ports: [25, 22] }, wrong: ['no range within 1-65535'] },
    { when: 'no range of addresses', given: { remoteCidr: '10.0.0.0/33' }, wrong: ['no range of addresses'] },
    {
      when: 'the other family',
      given: { remoteCidr: '2001:db8::/32' },
      wrong: ['is IPv6, and the rule is of IPv4'],
    },
    {
      when: 'two mistakes are told at once',
      given: { ports: [25, 22], remoteCidr: 'x' },
      wrong: ['no range within', 'no range of addresses'],
    },
  ] as const)('$when', ({ given, wrong }) => {
    const found = ruleProblems({ ...ssh, ...given });
    expect(found).toHaveLength(wrong.length);
    for (const [index, part] of wrong.entries()) expect(found[index]).toContain(part);
  });
});

describe('ranges of addresses', () => {
  test.each([
    ['10.0.0.0/8', { family: 'IPv4', address: '10.0.0.0', prefix: 8 }],
    ['10.1.2.3', { family: 'IPv4', address: '10.1.2.3', prefix: 32 }],
    ['::/0', { family: 'IPv6', address: '::', prefix: 0 }],
    ['fe80::1', { family: 'IPv6', address: 'fe80::1', prefix: 128 }],
    ['1:2:3:4:5:6:7:8/64', { family: 'IPv6', address: '1:2:3:4:5:6:7:8', prefix: 64 }],
  ] as const)('%s is one', (text, cidr) => expect(parseCidr(text)).toEqual(cidr));

  test.each([
    '',
    '10.0.0/8',
    '256.0.0.1',
    '01.2.3.4',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '1:2:3',
    '::1::2',
    '1:2:3:4:5:6:7:8::',
    'g::1',
    '::/129',
  ])('"%s" is none', (text) => expect(parseCidr(text)).toBeNull());
});
