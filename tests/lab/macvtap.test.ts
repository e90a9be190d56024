import type { FindingBody, MoveBody } from '@ferry/api';
import { freeCard, type LabGuest } from '@ferry/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findingOf } from './finding-of.ts';
import { LabWorld } from './lab-world.ts';
import { packetsLost } from './packets-lost.ts';

const network = (mode: string): string =>
  `<network><name>cards</name><forward mode='${mode}'><interface dev='eth1'/></forward></network>`;

let world: LabWorld;

beforeAll(async () => {
  world = await LabWorld.up('macvtap', 2);
  await freeCard(world.host('compute11'));
});
afterAll(() => world?.down());

const found = (
  instance: string,
  code = 'network-present',
  move: Partial<MoveBody> = {},
): Promise<FindingBody | undefined> => findingOf(world, instance, code, move);

const link = (host: string, ...words: string[]): Promise<string> =>
  world.host(host).execOk(['ip', 'link', ...words]);

async function define(host: string, mode: string): Promise<void> {
  const script = 'cat > /run/net.xml && virsh -q net-define /run/net.xml && virsh -q net-start cards';
  await world.host(host).execOk(['sh', '-ec', script], { input: network(mode) });
}

/** What is wrong after a move; nothing when packets get through to the guest. */
const lost = (
  guest: LabGuest,
  kind: 'live' | 'cold',
  host: string,
  more: Partial<MoveBody> = {},
): Promise<string[]> => packetsLost(world, guest, kind, host, more);

describe('a guest on a card', () => {
  let guest: LabGuest;

  beforeAll(async () => {
    const plug = { type: 'direct', xml: "<source dev='eth1' mode='bridge'/>" } as const;
    guest = await world.guest({ name: 'web', host: 'compute11', storage: 'shared', plug });
  });

  test('refused where the card is in a bridge, and where it is down', async () => {
    const part = await found('web');
    expect(part).toMatchObject({ severity: 'error' });
    expect(part?.message).toContain('a part of a bridge');
    await expect(world.move('web', 'live', 'compute12')).rejects.toMatchObject({ code: 'checks-failed' });
    await freeCard(world.host('compute12'));
    await link('compute12', 'set', 'eth1', 'down');
    const down = await found('web');
    expect(down).toMatchObject({ severity: 'error' });
    expect(down?.message).toContain('is down');
    await link('compute12', 'set', 'eth1', 'up');
    expect(await found('web')).toMatchObject({ severity: 'ok' });
  });

  test('refused where its packets are smaller', async () => {
    await link('compute12', 'set', 'eth1', 'mtu', '1400');
    const finding = await found('web', 'network-mtu');
    expect(finding).toMatchObject({ severity: 'error', compared: { sourceMtu: 1500, targetMtu: 1400 } });
    await link('compute12', 'set', 'eth1', 'mtu', '1500');
  });

  test('live there, cold back: packets flow', async () => {
    expect(await lost(guest, 'live', 'compute12')).toEqual([]);
    expect(await lost(guest, 'cold', 'compute11')).toEqual([]);
  });

  test('to a card of another name', async () => {
    await link('compute12', 'set', 'eth1', 'name', 'card1');
    expect(await found('web')).toMatchObject({ severity: 'error', compared: { onTarget: 'absent' } });
    expect(await lost(guest, 'live', 'compute12', { networkMap: { eth1: 'card1' } })).toEqual([]);
    for (const which of [[], ['--inactive']])
      expect(await world.host('compute12').virsh('dumpxml', 'web', ...which)).toMatch(
        /<source dev='card1' mode='bridge'/,
      );
    expect(await lost(guest, 'cold', 'compute11', { networkMap: { card1: 'eth1' } })).toEqual([]);
    await link('compute12', 'set', 'card1', 'name', 'eth1');
    await world.host('compute11').virsh('destroy', 'web');
  });
});

describe('a guest in a network of cards', () => {
  let guest: LabGuest;

  beforeAll(async () => {
    await define('compute11', 'bridge');
    const plug = { type: 'network', xml: "<source network='cards'/>" } as const;
    guest = await world.guest({ name: 'db', host: 'compute11', storage: 'shared', plug });
  });

  test('refused where the target lacks the card, whether the network is there or to be defined', async () => {
    await link('compute12', 'set', 'eth1', 'name', 'card1');
    const missing = await found('db', 'network-present', { defineNetworks: true });
    expect(missing).toMatchObject({ severity: 'error', compared: { onTarget: 'absent', lacks: 'eth1' } });
    await define('compute12', 'bridge');
    expect(await found('db')).toMatchObject({ severity: 'error', compared: { lacks: 'eth1' } });
    await world.host('compute12').virsh('net-destroy', 'cards');
    await world.host('compute12').virsh('net-undefine', 'cards');
    await link('compute12', 'set', 'card1', 'name', 'eth1');
  });

  test('live to a network that is defined as at the source, cold back: packets flow', async () => {
    expect(await lost(guest, 'live', 'compute12', { defineNetworks: true })).toEqual([]);
    const active = await world.host('compute12').virsh('net-list', '--name');
    expect(active.split('\n')).toContain('cards');
    expect(await lost(guest, 'cold', 'compute11')).toEqual([]);
    await world.host('compute11').virsh('destroy', 'db');
  });
});

describe('a guest that wants a card alone', () => {
  let guest: LabGuest;

  beforeAll(async () => {
    const plug = { type: 'direct', xml: "<source dev='eth1' mode='passthrough'/>" } as const;
    guest = await world.guest({ name: 'mail', host: 'compute11', storage: 'shared', plug });
  });

  test('refused where another guest has it', async () => {
    await link('compute12', 'add', 'link', 'eth1', 'name', 'macvtap9', 'type', 'macvtap', 'mode', 'bridge');
    expect(await found('mail')).toMatchObject({ severity: 'error', compared: { macvtaps: 'macvtap9' } });
    await link('compute12', 'del', 'macvtap9');
    expect(await found('mail')).toMatchObject({ severity: 'ok' });
  });

  test('live: packets flow', async () => {
    expect(await lost(guest, 'live', 'compute12')).toEqual([]);
  });
});
