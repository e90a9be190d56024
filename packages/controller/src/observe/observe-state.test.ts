import { expect, test } from 'vitest';
import type { ObservedHost, ObservedState } from '../store/observed-state-store.ts';
import { ControllerMetrics } from './controller-metrics.ts';
import { observeState } from './observe-state.ts';

const host = (name: string): ObservedHost => ({
  name,
  isUp: true,
  takes: 'enabled',
  lastSeenAt: null,
  memoryBytes: 1,
  memoryAvailableBytes: 1,
});

const some: ObservedState = {
  migrations: [],
  claimedMemoryBytes: 0,
  instances: [],
  hosts: [],
  plans: [],
  planSteps: [],
  operations: [],
  failingWebhooks: 0,
  certificates: [{ host: 'alpha', use: 'qemu-server', notAfter: '2030-01-01T00:00:00.000Z' }],
};

test('where the database does not answer, what stands there is left out, the rest is told, and that is said', async () => {
  const metrics = new ControllerMetrics();
  let isAway = false;
  const state = { ...some, operations: [{ workflow: 'power', count: 1, free: 0 }] };
  observeState(metrics, () => (isAway ? Promise.reject(new Error('away')) : Promise.resolve(state)));
  expect(await metrics.text()).toMatch(/^ferry_operations_free 0$/m);
  expect(await metrics.text()).toContain(
    'ferry_host_certificate_expiry_timestamp_seconds{host="alpha",use="qemu-server"} 1893456000',
  );
  isAway = true;
  const text = await metrics.text();
  expect(text).toMatch(/^ferry_state_read 0$/m);
  // No figure of before is told as if it were of now.
  expect(text).not.toMatch(/^ferry_operations_(?:free|open)[ {]/m);
  expect(text).toMatch(/^process_resident_memory_bytes /m);
});

test('there is a series for each of two thousand hosts, and a figure for how many have none', async () => {
  const hosts = Array.from({ length: 2_003 }, (_, number) => host(`h${String(number).padStart(4, '0')}`));
  const metrics = new ControllerMetrics();
  observeState(metrics, () => Promise.resolve({ ...some, hosts }));
  const text = await metrics.text();
  expect(text.match(/^ferry_host_up\{/gm)).toHaveLength(2_000);
  expect(text).toMatch(/^ferry_hosts_without_series 3$/m);
  expect(text).toMatch(/^ferry_hosts\{state="up",takes="enabled"\} 2003$/m);
});
