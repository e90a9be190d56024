import { globSync } from 'node:fs';
import { join } from 'node:path';
import type { Part } from './part.ts';

const root = join(import.meta.dirname, '../..');

const client = 'packages/libvirt/src';
const onHosts = 'packages/hypervisor/src/libvirt';
const operations = 'packages/controller/src/operations';

/** Files on real hosts of which the gate runs the tests that stand for a promise, and a part all. */
function hostsPart(name: string, minutes: number, ...files: string[]): Part {
  return {
    name,
    ring: 'lab',
    files: files.map((file) => `tests/lab/${file}.test.ts`),
    leftOut: 'thorough',
    proves: [],
    minutes,
  };
}

/** Files on real hosts that the gate runs only where the change touches what they prove. */
function whole(name: string, minutes: number, files: readonly string[], more: Partial<Part> = {}): Part {
  return {
    name,
    ring: 'lab',
    files: files.map((file) => `tests/lab/${file}.test.ts`),
    leftOut: 'whole',
    proves: [],
    minutes,
    ...more,
  };
}

/** The libvirt client's own tests on real hosts, of three releases. */
function clientPart(
  name: string,
  minutes: number,
  files: readonly string[],
  proves: readonly string[],
): Part {
  const releases = ['bookworm', 'trixie-backports'] as const;
  return whole(
    name,
    minutes,
    files.map((file) => `libvirt/${file}`),
    { proves: proves.map((path) => `${client}/${path}`), releases },
  );
}

/**
 * Of the ring on simulated hosts what the gate runs on PostgreSQL as well: where transactions of two meet, where leases,
 * claims and events are the database's, where SQL of its own is written. The others say the same on either.
 */
const onPostgresInGate: ReadonlySet<string> = new Set(
  ['moves', 'events', 'runs-twice', 'identity', 'servers', 'held'].map((name) => `tests/sim/${name}.test.ts`),
);

/** The others, in as many parts of about the same length. */
function postgresParts(count: number, minutes: number): Part[] {
  const files = globSync('tests/sim/*.test.ts', { cwd: root })
    .filter((file) => !onPostgresInGate.has(file))
    .toSorted();
  return Array.from({ length: count }, (_, index) => ({
    name: `postgres-${index + 1}`,
    ring: 'postgres',
    files: files.filter((_file, place) => place % count === index),
    leftOut: 'whole',
    proves: [],
    minutes,
  }));
}

/** What the gate leaves out, in pieces that a slice can hold. */
export const thoroughParts: readonly Part[] = [
  {
    name: 'second-admin',
    ring: 'sim',
    files: ['tests/sim/second-admin.test.ts'],
    leftOut: 'thorough',
    proves: [],
    minutes: 4,
  },
  hostsPart('hosts-plans', 3, 'fleet-plans'),
  hostsPart('hosts-cold-copy', 3.2, 'cold-copy'),
  hostsPart('hosts-warm', 3.5, 'warm'),
  hostsPart('hosts-warm-luck', 6, 'warm-luck', 'warm-redefined'),
  hostsPart('hosts-switch-over', 6, 'switch-over', 'paused-meanwhile'),
  hostsPart('hosts-luck', 7, 'drift', 'bad-luck', 'second-admin'),
  hostsPart('hosts-storage', 4, 'storage', 'storage-places', 'base-images'),
  hostsPart('hosts-devices', 3, 'storage-devices', 'storage-volumes'),
  hostsPart('hosts-networks', 3, 'networks', 'firewall', 'connectivity'),
  hostsPart('hosts-servers', 4, 'servers', 'volumes', 'openstack-client'),
  hostsPart(
    'hosts-other',
    7,
    'held',
    'undefined-meanwhile',
    'consoles',
    'ownership',
    'post-copy',
    'ways-to-hosts',
    'bad-input',
    'odd-names',
  ),
  hostsPart('hosts-set-up', 7, 'doctor', 'doctor-fix', 'configure'),
  hostsPart('hosts-daemons', 4, 'daemons', 'own-authority'),
  hostsPart('hosts-dashboard', 1.5, 'dashboard'),
  hostsPart('hosts-conformance', 4, 'conformance'),
  hostsPart('hosts-convergence', 7, 'convergence', 'policies', 'forecast', 'rehearsal'),
  ...postgresParts(3, 3),
  {
    name: 'torture',
    ring: 'unit',
    files: [
      ...['live', 'cold', 'warm', 'held-and-elsewhere'].map(
        (name) => `${operations}/move/tests/${name}-moves.test.ts`,
      ),
      ...['server', 'volume'].map((name) => `${operations}/move/tests/${name}-workflows.test.ts`),
      `${operations}/evacuate/evacuate-workflow.test.ts`,
      `${operations}/rehearse/rehearse-workflow.test.ts`,
      `${operations}/servers/power-workflow.test.ts`,
      `${operations}/cold-migrate/held/held-workflows.test.ts`,
    ],
    leftOut: 'thorough',
    // The gate has one case for each state that a crash can leave, and the failure that takes back the most.
    proves: [],
    minutes: 2,
  },
  {
    name: 'upgrade',
    ring: 'sim',
    files: ['tests/upgrade/upgrade.test.ts'],
    leftOut: 'thorough',
    proves: [],
    minutes: 2.5,
  },
  {
    name: 'schedules',
    ring: 'unit-alone',
    files: ['packages/controller/src/operations/schedules/schedules.test.ts'],
    leftOut: 'thorough',
    proves: [
      'packages/controller/src/operations/live-migrate',
      'packages/controller/src/operations/cold-migrate',
      'packages/controller/src/operations/plans',
    ],
    minutes: 1.2,
  },
  {
    name: 'drain-of-many',
    ring: 'sim',
    files: ['tests/sim/fleet-drain-of-many.test.ts'],
    leftOut: 'thorough',
    proves: ['packages/controller/src/operations/plans'],
    minutes: 2,
  },
  {
    name: 'fuzz',
    ring: 'sim',
    files: ['tests/sim/fuzz-routes.test.ts', 'tests/sim/any-command-line.test.ts'],
    leftOut: 'thorough',
    proves: ['packages/controller/src/http', 'packages/cli/src'],
    minutes: 3.2,
  },
  {
    name: 'fuzz-xml',
    ring: 'unit',
    files: ['packages/hypervisor/src/xml/damaged-xml.test.ts'],
    leftOut: 'thorough',
    proves: ['packages/hypervisor/src/xml'],
    minutes: 1.3,
  },
  {
    name: 'schedules-postgres',
    ring: 'postgres',
    files: ['tests/postgres/schedules.test.ts', 'tests/postgres/load.test.ts'],
    leftOut: 'whole',
    proves: ['packages/controller/src/operations/schedules', 'tests/load'],
    minutes: 2.7,
  },
  {
    name: 'web-large',
    ring: 'web',
    files: ['tests/web/large-fleet.test.ts'],
    leftOut: 'whole',
    proves: ['packages/web/src/pages/fleet'],
    minutes: 1,
  },
  {
    name: 'web-pages',
    ring: 'web',
    files: ['tests/web/plans.test.ts', 'tests/web/resources.test.ts', 'tests/web/every-page.test.ts'],
    leftOut: 'thorough',
    proves: [
      'packages/web/src/pages/resources',
      'packages/web/src/pages/pages.tsx',
      'packages/web/src/pages/instance/forecast.tsx',
    ],
    minutes: 2.3,
  },
  {
    name: 'keystone',
    ring: 'compat',
    files: ['tests/compat/keystone.test.ts', 'tests/compat/keystone-session.test.ts'],
    leftOut: 'whole',
    proves: [
      'packages/controller/src/operations/identity/keystone',
      'packages/controller/src/operations/identity/sign-in.ts',
      'packages/controller/src/http/session',
    ],
    minutes: 2.5,
  },
  {
    name: 'terraform',
    ring: 'compat',
    files: ['tests/compat/terraform.test.ts'],
    leftOut: 'whole',
    proves: ['tests/compat/gophercloud'],
    minutes: 0.7,
  },
  {
    name: 'conformance',
    ring: 'compat',
    files: ['tests/compat/conformance.test.ts'],
    leftOut: 'whole',
    // What clients see of a change the gate's own tests say; the suite's tests of it take their turn.
    proves: [],
    minutes: 3.5,
  },
  whole('locks', 1, ['disk-locks'], {
    proves: [`${onHosts}/libvirt-trials.ts`, `${onHosts}/trial-guest.ts`],
  }),
  whole('lying-daemon', 2, ['lying-daemon'], { proves: [`${client}/rpc`, `${client}/xdr`] }),
  whole('guest-agent', 1, ['guest-agent'], {
    proves: [`${onHosts}/shutdown-requests.ts`, 'lab/src/pack-agent.ts'],
  }),
  whole('macvtap', 2, ['macvtap'], { proves: [`${onHosts}/libvirt-devices.ts`] }),
  whole('open-vswitch', 4, ['open-vswitch'], { proves: [`${onHosts}/open-vswitch.ts`] }),
  whole('newer-hosts', 2, ['mixed-versions', 'post-copy-resume', 'zero-targets'], {
    releases: ['trixie-backports'],
  }),
  whole('paused-on-newer', 4, ['paused-on-newer'], {
    releases: ['trixie-backports'],
    proves: [`${operations}/live-migrate/transfer/owners-pause.ts`],
  }),
  whole('package', 3, ['package'], { releases: ['bookworm'], proves: ['tools/package'] }),
  {
    name: 'package-npm',
    ring: 'unit',
    files: ['tools/package/pack-cli.test.ts'],
    leftOut: 'thorough',
    proves: ['tools/package'],
    minutes: 0.4,
  },
  whole('faults', 4, ['faults'], { proves: ['tests/faults'] }),
  {
    ...whole('lab', 2, []),
    files: ['lab', 'storage-server', 'take-down', 'guestd'].map((name) => `lab/src/${name}.lab.test.ts`),
    proves: ['lab/src', 'lab/guest'],
  },
  clientPart('client-reads', 2, ['reads', 'completeness'], ['procedures', 'protocol', 'xdr', 'rpc']),
  clientPart('client-writes', 2, ['writes'], ['procedures', 'protocol', 'xdr', 'rpc']),
  clientPart(
    'client-ways',
    2,
    ['transports', 'unix-socket', 'ssh', 'sasl'],
    ['transport', 'auth', 'connect.ts'],
  ),
  clientPart(
    'client-work',
    2,
    ['events', 'streams', 'migrations', 'examples', 'leaks'],
    ['events', 'streams', 'rpc'],
  ),
];
