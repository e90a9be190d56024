import type { SecurityGroupRule } from '@ferry/model';
import { describe, expect, test } from 'vitest';
import { groupFilterXml, instanceFilterXml, readBindingOwner } from './filter-xml.ts';

const rule = (change: Partial<SecurityGroupRule>): SecurityGroupRule => ({
  id: 'r',
  direction: 'ingress',
  ethertype: 'IPv4',
  protocol: 'tcp',
  ports: null,
  remoteCidr: null,
  ...change,
});
const group = (change: Partial<SecurityGroupRule>): string =>
  groupFilterXml({ id: 'g', name: 'web', description: '', rules: [rule(change)] });

const uuid = (xml: string): string | undefined => /<uuid>(.*)<\/uuid>/.exec(xml)?.[1];
const filter = (addresses: string[]): string =>
  instanceFilterXml({ instanceId: 'i', groupIds: ['a', 'b'], addresses });

describe('the filter of a security group', () => {
  test.each([
    {
      when: 'a port',
      given: { ports: [22, 22] },
      match: "direction='in' priority='300'><tcp dstportstart='22' dstportend='22'/>",
    },
    {
      when: 'to the outside',
      given: { direction: 'egress', remoteCidr: '10.0.0.0/8' },
      match: "direction='out' priority='300'><tcp dstipaddr='10.0.0.0' dstipmask='8'/>",
    },
    {
      when: 'from a network',
      given: { protocol: 'udp', remoteCidr: '10.0.0.0/8' },
      match: "<udp srcipaddr='10.0.0.0' srcipmask='8'/>",
    },
    { when: 'from everywhere, said at length', given: { remoteCidr: '0.0.0.0/0' }, match: '<tcp/>' },
    { when: 'all of IPv6', given: { protocol: 'any', ethertype: 'IPv6' }, match: '<all-ipv6/>' },
    { when: 'icmp of IPv6', given: { protocol: 'icmp', ethertype: 'IPv6' }, match: '<icmpv6/>' },
  ] as const)('$when', ({ given, match }) => {
    expect(group(given)).toContain(
      `<rule action='accept' ${match.startsWith('<') ? "direction='in' priority='300'>" : ''}${match}</rule>`,
    );
  });

  test('the same group has the same uuid in every form, so that libvirt changes it in place', () => {
    expect(uuid(group({ ports: [1, 2] }))).toBe(uuid(group({})));
    expect(uuid(instanceFilterXml({ instanceId: 'g', groupIds: [], addresses: [] }))).not.toBe(
      uuid(group({})),
    );
  });
});

describe('the filter of an instance', () => {
  test('refers to its groups, and drops the rest both ways', () => {
    expect(filter([])).toContain(
      "<filterref filter='ferry-group-a'/>\n  <filterref filter='ferry-group-b'/>",
    );
    for (const all of ['all', 'all-ipv6'])
      expect(filter([])).toContain(`<rule action='drop' direction='inout' priority='900'><${all}/></rule>`);
  });

  test('with addresses, it sends from those only; without, from any of its hardware address', () => {
    expect(filter([])).toContain("direction='out' priority='-800'><mac protocolid='ipv4'/>");
    const bound = filter(['10.0.0.5', '2001:db8::5']);
    expect(bound).not.toContain("direction='out' priority='-800'><mac protocolid='ipv4'/>");
    for (const match of [
      "ip srcipaddr='10.0.0.5'",
      "arp arpsrcipaddr='10.0.0.5'",
      "ipv6 srcipaddr='2001:db8::5'",
    ])
      expect(bound).toContain(`direction='out' priority='-800'><${match}/>`);
    for (const xml of [bound, filter([])]) expect(xml).toContain("<mac match='no' srcmacaddr='$MAC'/>");
  });
});

const mac = "<mac address='52:54:00:00:00:01'/>";

test('a binding says whose interface it is for', () => {
  const owner = '<owner><name>web</name><uuid>0A0B0C0D-1111-4111-8111-000000000001</uuid></owner>';
  const xml = `<filterbinding>${owner}<portdev name='tap1'/>${mac}<filterref filter='clean-traffic'/></filterbinding>`;
  expect(readBindingOwner(xml)).toBe('0a0b0c0d-1111-4111-8111-000000000001');
});

test('one that does not say it is not read', () => {
  expect(() => readBindingOwner(`<filterbinding><portdev name='tap1'/>${mac}</filterbinding>`)).toThrow(
    '<filterbinding> has no <owner><uuid>',
  );
});
