import type { HostBody, InstanceBody } from '@ferry/api';
import { expect, test } from 'vitest';
import { arrangeFleet, type FleetFilter, type FleetRow, fleetRows } from './fleet-rows.ts';

const host = (id: string, zone: string): HostBody => ({ id, name: id, zone }) as HostBody;
const instance = (name: string, hostId: string, more: Partial<InstanceBody> = {}): InstanceBody =>
  ({
    id: `id-of-${name}`,
    name,
    hostId,
    powerState: 'running',
    taskState: null,
    fault: null,
    vcpus: 2,
    ...more,
  }) as InstanceBody;

const hosts = [host('h10', 'south'), host('h2', 'south'), host('h1', 'north')];
const instances = new Map(
  [
    instance('web-10', 'h2'),
    instance('web-9', 'h2', { powerState: 'shutoff' }),
    instance('db', 'h1', { taskState: 'migrating' }),
  ].map((one) => [one.id, one]),
);
const all: FleetFilter = { search: '', show: 'all' };

function told(filter: FleetFilter, closed: readonly string[] = []): string[] {
  return fleetRows(arrangeFleet(hosts, instances), filter, new Set(closed)).map((row: FleetRow) =>
    row.kind === 'zone'
      ? `[${row.name} ${row.hosts}/${row.instances}]`
      : row.kind === 'host'
        ? row.host.name
        : `- ${row.instance.name}`,
  );
}

test('zones, hosts and instances follow each other by name, numbers as numbers', () => {
  expect(told(all)).toEqual(['[north 1/1]', 'h1', '- db', '[south 2/2]', 'h2', '- web-9', '- web-10', 'h10']);
});

test('a host that is folded hides what it runs, but not from a search', () => {
  expect(told(all, ['h2'])).toEqual(['[north 1/1]', 'h1', '- db', '[south 2/2]', 'h2', 'h10']);
  expect(told({ ...all, search: 'WEB-9' }, ['h2'])).toEqual(['[south 1/1]', 'h2', '- web-9']);
});

test('a search for a host shows what it runs, and one for an id finds it', () => {
  expect(told({ ...all, search: 'h2' })).toEqual(['[south 1/2]', 'h2', '- web-9', '- web-10']);
  expect(told({ ...all, search: 'id-of-db' })).toEqual(['[north 1/1]', 'h1', '- db']);
});

test.each([
  ['moving', ['[north 1/1]', 'h1', '- db']],
  ['off', ['[south 1/1]', 'h2', '- web-9']],
  ['faults', []],
] as const)('a filter for %s leaves out hosts without any', (show, expected) => {
  expect(told({ search: '', show })).toEqual(expected);
});

test('vCPUs of a host are those of its running instances', () => {
  const row = fleetRows(arrangeFleet(hosts, instances), all, new Set()).find((one) => one.key === 'h2');
  expect(row).toMatchObject({ vcpus: 2, instances: 2 });
});
