import { startController } from '@ferry/controller';
import { pino } from 'pino';
import type { ToHosts } from './ask-of-hosts.ts';
import { RemoteHypervisor } from './remote-hypervisor.ts';

/** A controller as a process: `controller-process.ts DATA-DIRECTORY LEASE-MS KEY-FILE [DATABASE]`, started with a channel to its hosts. */
const [dataDirectory = '', leaseMs, keyFile, database] = process.argv.slice(2);
process.once('disconnect', () => process.exit());
const { socketUrl } = await startController({
  dataDirectory,
  database: database ?? null,
  listen: null,
  hypervisor: new RemoteHypervisor(),
  leaseMs: Number(leaseMs),
  keyFile: keyFile ?? null,
  log: pino({ level: process.env['FERRY_TEST_LOG'] ?? 'silent' }),
});
const ready: ToHosts = { kind: 'ready', socketUrl };
process.send?.(ready);
