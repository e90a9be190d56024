import { type ControllerOptions, startController } from '@ferry/controller';
import { hostIdOf, instanceIdOf } from '@ferry/controller/filled-ids';
import { pino } from 'pino';

/**
 * A controller in a process of its own, for its memory to be measured: `serve.ts DIRECTORY HOSTS INSTANCES [DATABASE]`.
 * Its hosts are a stub that says at once what a watch over hosts asks: the watch's own work is the controller's.
 */
const [directory = '', hosts = '0', instances = '0', database = null] = process.argv.slice(2);
const running = { power: 'running', reason: 'booted' } as const;

const facts = {
  hypervisorType: 'QEMU',
  hypervisorVersion: 10_000_000,
  libvirtVersion: 11_003_000,
  arch: 'x86_64',
  cpuModel: 'bench',
  cpus: 64,
  memoryBytes: 2 ** 40,
  memoryAvailableBytes: 2 ** 39,
  domainTypes: ['qemu'],
  machineTypes: [],
  qemuOwner: null,
  networks: [],
};

function hostOf(uri: string): unknown {
  const number = Number(/\d+/.exec(uri)?.[0] ?? 0);
  const guests = new Map<string, typeof running>();
  for (let guest = number; guest < Number(instances); guest += Number(hosts))
    guests.set(instanceIdOf(guest), running);
  return {
    uri,
    facts: () => Promise.resolve({ ...facts, hostUuid: hostIdOf(number), hostname: `compute${number}` }),
    domains: { powers: () => Promise.resolve(guests) },
  };
}

const known = new Map<string, unknown>();
const stub = {
  host: (uri: string): unknown => {
    const there = known.get(uri) ?? hostOf(uri);
    known.set(uri, there);
    return there;
  },
  close: () => Promise.resolve(),
};

const controller = await startController({
  dataDirectory: directory,
  listen: { host: '127.0.0.1', port: 0 },
  database,
  definitionAgeMs: null,
  // Of all that a hypervisor can be asked, the watch asks the two things above.
  hypervisor: stub as unknown as NonNullable<ControllerOptions['hypervisor']>,
  log: pino({ level: 'error' }),
});
process.stdout.write(`${controller.url}\n`);
// As `ferry serve` does: an exit of its own keeps the compiled code for the next start.
process.once('SIGTERM', () => void controller.stop().then(() => process.exit(0)));
