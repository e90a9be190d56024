import { describe, expect, test } from 'vitest';
import { adaptDomainXml } from './adapt-domain-xml.ts';
import { readDomainXml } from './domain-xml.ts';

const domain = (inside: string): string =>
  `<domain type='kvm'><name>web</name><uuid>0a</uuid><memory>1024</memory><devices><disk><source file='br-ex'/></disk>${inside}</devices></domain>`;
const adapted = (inside: string, names: Record<string, string>, filter: string | null = null): string =>
  adaptDomainXml(domain(inside), { networks: names, filter });

describe('a domain as it is to be on its target', () => {
  test('bridges, devices and networks get the names that they have there, and nothing else does', () => {
    const xml = adapted(
      "<interface type='bridge'><source bridge='br-ex'/></interface><interface type='direct'><source dev='eth0' mode='bridge'/></interface><interface type='network'><source network='lan'/></interface>",
      { 'br-ex': 'br0', eth0: 'ens3', lan: 'wan' },
    );
    expect(readDomainXml(xml).interfaces.map(({ kind, source }) => [kind, source])).toEqual([
      ['bridge', 'br0'],
      ['direct', 'ens3'],
      ['network', 'wan'],
    ]);
    expect(xml).toContain('mode="bridge"');
    expect(xml).toContain('<disk><source file="br-ex"/></disk>');
  });

  test('one that runs in a network over a bridge is of that network, without the port and the bridge of its source', () => {
    const running = "<interface type='bridge'><source network='lan' portid='7' bridge='br-ex'/></interface>";
    expect(readDomainXml(domain(running)).interfaces).toMatchObject([{ kind: 'network', source: 'lan' }]);
    const xml = adapted(running, { 'br-ex': 'br0' });
    expect(xml).toContain('<interface type="network"><source network="lan"/></interface>');
  });

  test('a filter takes the place of the one that is there; without one, all stays', () => {
    const filtered =
      "<interface type='bridge'><source bridge='b'/><filterref filter='old'><parameter name='IP' value='1'/></filterref></interface>";
    expect(readDomainXml(adapted(filtered, {}, 'new')).interfaces[0]?.filter).toBe('new');
    expect(adapted(filtered, {}, 'new')).not.toContain('parameter');
    expect(readDomainXml(adapted(filtered, {})).interfaces[0]?.filter).toBe('old');
  });
});
