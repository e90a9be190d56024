import { expect, test } from 'vitest';
import { sampleInput } from '../check/sample-input.ts';
import type { Host } from '../host/host.ts';
import type { Instance } from '../instance/instance.ts';
import { type Migration, newMigration } from '../migration/migration.ts';
import { hostActions, type HostUse } from './host-actions.ts';
import { instanceActions } from './instance-actions.ts';
import { migrationActions, type MigrationSteps } from './migration-actions.ts';

const { instance, source } = sampleInput();
const down: Host = { ...source, service: { ...source.service, state: 'down', reason: 'no route' } };
const off: Host = { ...down, fence: { at: '2026-01-01T00:00:00.000Z', by: 'an operator' } };
const held: Partial<Instance> = { operationId: 'm1', taskState: 'migrating' };
const fault = (kind: 'two-copies' | 'unreachable' | 'stale-copy'): Partial<Instance> => ({
  fault: { kind, message: `${kind}.`, remedy: 'Look.', hostIds: [], withoutGap: null, keep: null },
});
const running = ['live-migrate', 'migrate', 'stop', 'reboot-soft', 'reboot-hard', 'pause', 'suspend'];

test.each<{ what: string; now?: Partial<Instance>; host?: Host | null; kept?: boolean; allowed: string[] }>([
  { what: 'running', allowed: running },
  {
    what: 'off',
    now: { powerState: 'shutoff', vmState: 'stopped' },
    allowed: ['migrate', 'start', 'reboot-hard'],
  },
  {
    what: 'paused',
    now: { powerState: 'paused', vmState: 'paused' },
    allowed: ['live-migrate', 'migrate', 'reboot-hard', 'unpause'],
  },
  {
    what: 'suspended',
    now: { powerState: 'suspended', vmState: 'suspended' },
    allowed: ['reboot-hard', 'resume'],
  },
  {
    what: 'of a state that is not known',
    now: { powerState: 'unknown', vmState: 'error' },
    allowed: ['stop', 'reboot-hard'],
  },
  { what: 'moving', now: held, allowed: [] },
  { what: 'moved, and held', now: { operationId: 'm1', vmState: 'resized' }, allowed: [] },
  { what: 'being rebooted', now: { operationId: 'o1', taskState: 'rebooting' }, allowed: [] },
  { what: 'being deleted', now: { operationId: 'o1', taskState: 'deleting' }, allowed: [] },
  { what: 'there twice', now: fault('two-copies'), allowed: [] },
  { what: 'there with a stale copy', now: fault('stale-copy'), allowed: running },
  { what: 'on a silent host', host: down, now: fault('unreachable'), allowed: [] },
  { what: 'on a host that is off', host: off, now: fault('unreachable'), allowed: ['evacuate'] },
  { what: 'on a host that is off, with no definition', host: off, kept: false, allowed: [] },
  { what: 'on a host that was removed', host: null, allowed: [] },
])('an instance that is $what', ({ now = {}, host = source, kept = true, allowed }) => {
  const actions = instanceActions({ instance: { ...instance, ...now }, host, definitionKept: kept });
  const told = Object.entries(actions);
  expect(told.filter(([, one]) => one.allowed).map(([action]) => action)).toEqual(allowed);
  for (const [, one] of told) expect(one.because === null).toBe(one.allowed);
});

const actionsOf = (now: Partial<Instance>, host: Host | null = source) =>
  instanceActions({ instance: { ...instance, ...now }, host, definitionKept: true });

test('what stands in the way is named, with what to do', () => {
  expect(actionsOf(held).migrate.because).toContain('ferry migration abort m1');
  expect(actionsOf({ operationId: 'm1', vmState: 'resized' }).migrate.because).toContain(
    'ferry migration revert m1',
  );
  expect(actionsOf({ operationId: 'o1', taskState: 'rebooting' }).pause.because).toBe(
    'it is rebooting: wait for its end',
  );
  expect(actionsOf({ operationId: 'o1', taskState: 'deleting' }).migrate.because).toBe(
    'it is deleting: wait for its end',
  );
  // Its creation came to nothing: there is no migration to look at.
  expect(actionsOf({ operationId: 'o1', vmState: 'error' }).migrate.because).toBe(
    'it is busy with operation o1',
  );
  expect(actionsOf({}, down).evacuate.because).toContain(`ferry host fence ${down.name}`);
  expect(actionsOf({}, down).migrate.because).toBe(`its host ${down.name} does not answer: no route`);
  expect(actionsOf({}).unpause.because).toBe('it is active, and not paused');
});

const migration: Migration = newMigration(
  {
    id: 'm1',
    kind: 'live-migration',
    instanceId: 'web-1',
    instanceName: 'web',
    sourceHostId: 'a',
    sourceHost: 'a',
    targetHostId: 'b',
    targetHost: 'b',
    status: 'running',
    phase: 'memory',
    plan: null,
    findings: [],
  },
  '2026-01-01T00:00:00.000Z',
);
const cold: Partial<Migration> = { kind: 'cold-migration' };

test.each<{ now: Partial<Migration>; steps?: Partial<MigrationSteps>; allowed: string[] }>([
  { now: {}, allowed: ['abort', 'force'] },
  { now: { status: 'preparing' }, allowed: ['abort'] },
  { now: {}, steps: { switchedOver: true }, allowed: ['force'] },
  { now: { status: 'completed' }, steps: { switchedOver: true }, allowed: [] },
  { now: { status: 'failed', finishedAt: migration.createdAt }, allowed: [] },
  { now: { ...cold, status: 'migrating' }, allowed: ['abort'] },
  { now: { ...cold, status: 'post-migrating' }, steps: { switchedOver: true }, allowed: ['abort'] },
  {
    now: { ...cold, status: 'post-migrating' },
    steps: { switchedOver: true, powerRestored: true },
    allowed: [],
  },
  { now: { ...cold, status: 'finished', held: true }, allowed: ['confirm', 'revert'] },
  { now: { ...cold, status: 'confirming', held: true }, allowed: [] },
  { now: { ...cold, status: 'confirmed' }, allowed: [] },
  { now: { kind: 'evacuation', status: 'pre-migrating' }, allowed: ['abort'] },
])('a migration: $now $steps', ({ now, steps = {}, allowed }) => {
  const known = { switchedOver: false, powerRestored: false, ...steps };
  const told = Object.entries(migrationActions({ ...migration, ...now }, known));
  expect(told.filter(([, one]) => one.allowed).map(([action]) => action)).toEqual(allowed);
  for (const [, one] of told) expect(one.because === null).toBe(one.allowed);
});

const empty: HostUse = { instances: 0, migrations: 0 };
const maintained: Host = {
  ...source,
  maintenance: { since: '2026-01-01T00:00:00Z', by: 'anna', reason: '' },
};
const disabled: Host = { ...source, service: { ...source.service, status: 'disabled' } };

test.each<{ what: string; host: Host; use?: HostUse; allowed: string[] }>([
  { what: 'up', host: source, allowed: ['set', 'disable', 'maintain', 'remove'] },
  { what: 'disabled', host: disabled, allowed: ['set', 'enable', 'maintain', 'remove'] },
  { what: 'in maintenance', host: maintained, allowed: ['set', 'disable', 'end-maintenance', 'remove'] },
  { what: 'silent', host: down, allowed: ['set', 'disable', 'maintain', 'fence', 'remove'] },
  { what: 'fenced', host: off, allowed: ['set', 'disable', 'maintain', 'fence', 'remove'] },
  {
    what: 'in use',
    host: source,
    use: { instances: 2, migrations: 1 },
    allowed: ['set', 'disable', 'maintain'],
  },
])('a host that is $what', ({ host, use = empty, allowed }) => {
  const told = Object.entries(hostActions(host, use));
  expect(told.filter(([, one]) => one.allowed).map(([action]) => action)).toEqual(allowed);
  for (const [, one] of told) expect(one.because === null).toBe(one.allowed);
});

test('what is recorded on a host is counted, with where to see it', () => {
  const { name } = source;
  const remove = (use: HostUse): string | null => hostActions(source, use).remove.because;
  expect(remove({ instances: 1, migrations: 0 })).toBe(
    `${name} has 1 instance recorded: move the instances away, or \`ferry instance forget\` them (\`ferry instance list --host ${name}\`).`,
  );
  expect(remove({ instances: 0, migrations: 2 })).toBe(
    `${name} has 2 migrations recorded: let its migrations end (\`ferry migration list --open --host ${name}\`).`,
  );
  expect(remove({ instances: 3, migrations: 1 })).toContain(
    `${name} has 3 instances and 1 migration recorded: `,
  );
});
