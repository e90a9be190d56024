import { describe, expect, test } from 'vitest';
import { sampleDisk, sampleDomain, sampleHost } from '../check/sample-input.ts';
import type { DomainElement } from '../domain-elements/domain-element.ts';
import type { Host } from '../host/host.ts';
import type { HostStock } from '../host/host-stock.ts';
import type { HardwareFacts } from '../host/host-facts.ts';
import type { DomainFacts } from '../instance/domain-facts.ts';
import type { PoolFacts } from '../storage/pool-facts.ts';
import { type GuestAsks, guestAsks } from './guest-asks.ts';
import { guestNeeds } from './guest-needs.ts';
import { isInStock, type MoveManner, stockNeeds, stockRemedy, stockWanted } from './stock-features.ts';

function element(
  name: string,
  attributes: Record<string, string> = {},
  ...children: DomainElement[]
): DomainElement {
  return { name, attributes: Object.entries(attributes), text: '', children };
}

function domainOf(...parts: DomainElement[]): DomainElement {
  return element('domain', { type: 'kvm' }, ...parts);
}

const pci = element(
  'devices',
  {},
  element(
    'hostdev',
    { mode: 'subsystem', type: 'pci', managed: 'yes' },
    element('source', {}, element('address', { domain: '0', bus: '0x3b', slot: '0', function: '1' })),
  ),
);
const usb = element(
  'devices',
  {},
  element(
    'hostdev',
    { mode: 'subsystem', type: 'usb' },
    element('source', {}, element('vendor', { id: '1' })),
  ),
);
const largePages = element('memoryBacking', {}, element('hugepages'));

const asked = (parts: readonly DomainElement[], facts: Partial<DomainFacts> = {}, runs = true): GuestAsks => {
  const whole = domainOf(...parts);
  return guestAsks(sampleDomain(facts), { live: runs ? whole : null, next: whole });
};

/** What of its needs a host lacks. */
function lacks(
  domain: DomainFacts,
  asks: GuestAsks | null,
  {
    manner = 'live',
    here = {},
    there = {},
    host = {},
  }: {
    manner?: MoveManner;
    here?: Partial<HostStock>;
    there?: Partial<HostStock> | null;
    host?: Partial<Host>;
  },
): string[] {
  const [source, target] = [here, there].map((one) => (one === null ? null : { at: '', bytes: {}, ...one }));
  const found = stockNeeds(guestNeeds(domain, asks), manner, source ?? null, () => true);
  const beta = { ...sampleHost('beta'), ...host };
  return [...found].flatMap(([feature, need]) => (isInStock(need, beta, target ?? null) ? [] : [feature]));
}

const pool: PoolFacts = { type: 'dir', active: true, directory: '/srv/vms', source: '', secrets: [] };
const nfs = { ...pool, type: 'netfs', source: 'host=nas dir=/vms' };
const iscsi = { ...pool, type: 'iscsi', directory: null, source: 'host=san device=iqn.a' };
const byPool = sampleDomain({
  disks: [
    sampleDisk({ path: '/srv/vms/web.qcow2', image: null, volume: { pool: 'vms', name: 'web.qcow2' } }),
  ],
});

describe('pools', () => {
  test('a host has it by its name and by what it is, as the check of a move compares it', () => {
    const of = (there: HostStock['pools'], host: Partial<Host> = {}, here = pool): string[] =>
      lacks(byPool, null, { here: { pools: { vms: here } }, there: { pools: there ?? {} }, host });
    expect(of({ vms: pool })).toEqual([]);
    expect(of({ vms: 'absent' })).toEqual(['pool vms (dir /srv/vms)']);
    expect(of({ vms: { ...pool, directory: '/other' } })).toEqual(['pool vms (dir /srv/vms)']);
    // A directory is where it is, whatever stands below it; another kind is what it is made of.
    expect(of({ vms: nfs })).toEqual([]);
    expect(of({ vms: pool }, {}, iscsi)).toEqual(['pool vms (iscsi host=san device=iqn.a)']);
    expect(of({ vms: { ...iscsi, source: 'host=san device=iqn.b' } }, {}, iscsi)).toHaveLength(1);
    // Not told: the move is to ask.
    expect(of({})).toEqual([]);
    expect(lacks(byPool, null, { here: {}, there: { pools: { vms: 'absent' } } })).toEqual([]);
  });

  test('what is set for the host counts: another name there, or that Ferry may define it', () => {
    const here = { pools: { vms: pool } };
    const named = { storage: { pools: { vms: 'fast' }, paths: {}, define: false } };
    const other = { ...pool, directory: '/fast' };
    expect(
      lacks(byPool, null, { here, there: { pools: { vms: 'absent', fast: other } }, host: named }),
    ).toEqual([]);
    expect(lacks(byPool, null, { here, there: { pools: { fast: 'absent' } }, host: named })).toHaveLength(1);
    const define = { storage: { pools: {}, paths: {}, define: true } };
    expect(lacks(byPool, null, { here, there: { pools: { vms: 'absent' } }, host: define })).toEqual([]);
    expect(stockRemedy('pool vms (dir /srv/vms)', 'beta')).toContain('ferry host set beta --define-pools');
  });
});

test('directories that a host was seen to lack; not those of a pool, which is judged by itself', () => {
  const there = { lacks: ['/images', '/srv/vms'] };
  expect(lacks(sampleDomain(), null, { there })).toEqual(['directory /images']);
  expect(lacks(sampleDomain(), null, { there: { lacks: [] } })).toEqual([]);
  expect(lacks(sampleDomain(), null, { there: null })).toEqual([]);
  expect(
    lacks(byPool, null, { here: { pools: { vms: pool } }, there: { ...there, pools: { vms: pool } } }),
  ).toEqual([]);
  expect(stockRemedy('directory /images', 'beta')).toContain('make /images on beta');
  expect(stockRemedy('network blue', 'beta')).toBeNull();
});

test('a device that is passed through: cold, to a host that has the same kind at the same address', () => {
  const guest = sampleDomain({ hostDevices: ['pci'], power: 'shutoff' });
  const asks = asked([pci], { hostDevices: ['pci'] });
  expect(asks.live.refusals.map(({ because }) => because)).toEqual([
    'devices of the host are passed through: pci',
  ]);
  expect(asks.cold.refusals).toEqual([]);
  const here = { devices: { '0000:3b:00.1': 'Mellanox ConnectX-6' } };
  const of = (there: HostStock['devices']): string[] =>
    lacks(guest, asks, { manner: 'cold', here, there: { devices: there ?? {} } }).filter((one) =>
      one.startsWith('device '),
    );
  expect(of({ '0000:3b:00.1': 'Mellanox ConnectX-6' })).toEqual([]);
  expect(of({ '0000:3b:00.1': null })).toEqual(['device 0000:3b:00.1 (Mellanox ConnectX-6)']);
  expect(of({ '0000:3b:00.1': 'NVIDIA A100' })).toHaveLength(1);
  expect(of({})).toEqual([]);
  expect(stockWanted([guestNeeds(guest, asks)])).toMatchObject({
    devices: [{ bus: 'pci', address: '0000:3b:00.1' }],
    directories: ['/images'],
    hardware: false,
  });
});

test('what goes to no host is told by the definition alone, with the remedy of the check', () => {
  const [refusal] = asked([usb], { hostDevices: ['usb'] }).cold.refusals;
  expect(refusal?.because).toContain('nothing compares devices of that kind');
  expect(refusal?.remedy).toContain('--accept devices/hostdev/@type=usb');
  const extras = { ...sampleDomain().extras, emulatedTpm: true, snapshots: ['s1'] };
  const belongings = asked([], { extras });
  expect(belongings.live.refusals[0]?.because).toContain('snapshots or checkpoints (s1)');
  expect(belongings.cold.refusals[0]?.because).toContain('emulated TPM');
  const plain = asked([]);
  expect([plain.live.refusals, plain.cold.refusals]).toEqual([[], []]);
});

const hardware = (free: number): HardwareFacts => ({
  cpu: { model: '', vendor: '', microcode: null, features: [] },
  cells: [],
  hugePages: [{ sizeBytes: 2 * 1024 ** 2, free }],
  securityModels: [],
  launchSecurity: null,
});

test('large pages, by how many are free', () => {
  const asks = asked([largePages]);
  const of = (free: number): string[] =>
    lacks(sampleDomain(), asks, { there: { lacks: [], hardware: hardware(free) } });
  expect(of(1024)).toEqual([]);
  expect(of(1023)).toEqual(['large pages, 2 GiB of them free']);
  expect(lacks(sampleDomain(), asks, {})).toEqual([]);
  expect(stockWanted([guestNeeds(sampleDomain(), asks)]).hardware).toBe(true);
});
