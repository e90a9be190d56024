import { describe, expect, test } from 'vitest';
import { Stage } from './world.ts';

const web = { protocol: 'tcp', portMin: 443, remoteCidr: '10.0.0.0/8' } as const;

async function guarded(): Promise<{ stage: Stage; id: string }> {
  const stage = await Stage.open();
  const id = await stage.guest({ name: 'web', directory: '/shared', network: 'default' });
  await stage.client().addSecurityGroup({ name: 'front', rules: [web] });
  return { stage, id };
}

const filters = (stage: Stage, host: string): string[] => [...(stage.world.host(host).filters?.keys() ?? [])];

describe('security groups', () => {
  test('a group has its rules, and those that let its instances begin flows unless that is not wanted', async () => {
    await using stage = await Stage.open();
    const client = stage.client();
    const open = await client.addSecurityGroup({ name: 'front', rules: [web] });
    expect(open.rules.map(({ direction, ethertype }) => [direction, ethertype])).toEqual([
      ['egress', 'IPv4'],
      ['egress', 'IPv6'],
      ['ingress', 'IPv4'],
    ]);
    expect(open.rules[2]).toMatchObject({
      protocol: 'tcp',
      portMin: 443,
      portMax: 443,
      remoteCidr: '10.0.0.0/8',
    });
    expect((await client.addSecurityGroup({ name: 'closed', egress: false })).rules).toEqual([]);
    expect((await client.securityGroups()).map((group) => group.name)).toEqual(['closed', 'front']);
    expect(await client.securityGroup(open.id)).toEqual(open);
  });

  test('what is wrong is refused by its own code', async () => {
    const { stage } = await guarded();
    await using _ = stage;
    const client = stage.client();
    await client.setInstanceGroups('web', { groups: ['front'] });
    await expect(client.securityGroup('x')).rejects.toMatchObject({ code: 'security-group-not-found' });
    await expect(client.addSecurityGroup({ name: 'front' })).rejects.toMatchObject({
      code: 'security-group-exists',
    });
    await expect(client.addSecurityGroupRule('front', web)).rejects.toMatchObject({ code: 'rule-exists' });
    await expect(client.deleteSecurityGroupRule('front', 'x')).rejects.toMatchObject({
      code: 'rule-not-found',
    });
    await expect(client.deleteSecurityGroup('front')).rejects.toMatchObject({
      code: 'security-group-in-use',
    });
    await expect(client.setInstanceGroups('web', { groups: ['x'] })).rejects.toMatchObject({
      code: 'security-group-not-found',
    });
    await expect(
      client.setInstanceGroups('web', { groups: [], addresses: ['10.0.0.0/8'] }),
    ).rejects.toMatchObject({ code: 'bad-request' });
    await expect(
      client.addSecurityGroupRule('front', { protocol: 'icmp', portMin: 1 }),
    ).rejects.toMatchObject({ code: 'bad-request' });
    await expect(stage.client('reader').addSecurityGroup({ name: 'no' })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(stage.client('reader').setInstanceGroups('web', { groups: [] })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  test('groups go before the instance on its host, and are gone without a trace when they are taken off', async () => {
    const { stage, id } = await guarded();
    await using _ = stage;
    const set = await stage.client().setInstanceGroups('web', { groups: ['front'], addresses: ['10.0.0.5'] });
    expect(set).toMatchObject({ groups: [{ name: 'front' }], addresses: ['10.0.0.5'] });
    expect(set.applied).toEqual([{ host: 'compute11', state: 'applied', reason: '' }]);
    expect(filters(stage, 'compute11')).toHaveLength(2);
    expect(stage.world.host('compute11').domains.get(id)?.xml).toContain(`ferry-instance-${id}`);
    await stage.client().setInstanceGroups('web', { groups: [] });
    expect(filters(stage, 'compute11')).toEqual([]);
    expect(stage.world.host('compute11').domains.get(id)?.xml).not.toContain('filterref');
    expect(await stage.client().deleteSecurityGroup('front')).toMatchObject({ name: 'front' });
  });

  test('a host that is away learns of a change when it is back', async () => {
    const { stage } = await guarded();
    await using _ = stage;
    const host = stage.world.host('compute11');
    await stage.client().setInstanceGroups('web', { groups: ['front'] });
    host.up = false;
    const { applied } = await stage.client().addSecurityGroupRule('front', { protocol: 'udp', portMin: 53 });
    expect(applied).toMatchObject([{ host: 'compute11', state: 'waiting' }]);
    const isThere = (): boolean =>
      [...(host.filters?.values() ?? [])].some((xml) => xml.includes("dstportstart='53'"));
    expect(isThere()).toBe(false);
    host.up = true;
    await stage.hostsShow(isThere);
  });

  test('a rule that is added while the instance moves is on both hosts; groups are not changed meanwhile', async () => {
    const { stage, id } = await guarded();
    await using _ = stage;
    const client = stage.client();
    await client.setInstanceGroups('web', { groups: ['front'] });
    stage.slow();
    const { id: migration } = await client.migrate('web', { kind: 'live-migration', host: 'compute12' });
    await stage.sending(id);
    await expect(client.setInstanceGroups('web', { groups: [] })).rejects.toMatchObject({
      code: 'instance-busy',
    });
    const { applied } = await client.addSecurityGroupRule('front', { protocol: 'udp', portMin: 53 });
    expect(applied.map((one) => one.host).toSorted()).toEqual(['compute11', 'compute12']);
    for (const host of ['compute11', 'compute12'])
      expect([...(stage.world.host(host).filters?.values() ?? [])].join()).toContain("dstportstart='53'");
    stage.fast();
    expect(await stage.over(migration)).toMatchObject({ status: 'completed' });
    expect(filters(stage, 'compute11')).toEqual([]);
    expect(filters(stage, 'compute12')).toHaveLength(2);
  });

  test('a group that another instance of the target has stays when a move there is taken back', async () => {
    const { stage, id } = await guarded();
    await using _ = stage;
    const client = stage.client();
    await stage.guest({ name: 'other', host: 'compute12', directory: '/shared', network: 'default' });
    await client.setInstanceGroups('other', { groups: ['front'] });
    await client.setInstanceGroups('web', { groups: ['front'] });
    const before = filters(stage, 'compute12');
    stage.slow();
    const { id: migration } = await client.migrate('web', { kind: 'live-migration', host: 'compute12' });
    await stage.sending(id);
    expect(filters(stage, 'compute12')).toHaveLength(3);
    await client.abortMigration(migration);
    expect(await stage.over(migration)).toMatchObject({ status: 'cancelled' });
    stage.fast();
    await stage.quiet();
    expect(filters(stage, 'compute12')).toEqual(before);
  });

  test('a target without packet filters is refused, and so is an interface that none can stand before', async () => {
    const { stage } = await guarded();
    await using _ = stage;
    const client = stage.client();
    await client.setInstanceGroups('web', { groups: ['front'] });
    stage.world.host('compute12').filters = null;
    const report = await client.check('web', { kind: 'live-migration', host: 'compute12' });
    expect(report.possible).toBe(false);
    expect(report.findings.find((one) => one.code === 'firewall-ready')).toMatchObject({
      severity: 'error',
      compared: { securityGroups: 'front', targetFilters: 'cannot-filter' },
    });
    stage.world.host('compute13').filtersInForce = false;
    const blind = await client.check('web', { kind: 'live-migration', host: 'compute13' });
    expect(blind.findings.find((one) => one.code === 'firewall-ready')).toMatchObject({
      severity: 'error',
      compared: { targetFilters: 'not-in-force' },
    });
    await stage.guest({ name: 'bare', host: 'compute12', directory: '/shared', network: 'default' });
    await expect(client.setInstanceGroups('bare', { groups: ['front'] })).rejects.toMatchObject({
      code: 'firewall-not-possible',
    });
  });
});
