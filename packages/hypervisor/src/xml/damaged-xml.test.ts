import fc from 'fast-check';
import { expect, test } from 'vitest';
import { adaptDomainXml } from './adapt-domain-xml.ts';
import { readBindingOwner } from './filter-xml.ts';
import { readCapabilitiesXml } from './capabilities-xml.ts';
import { consoleFile, consolePorts, describesRun, isAgentConnected } from './console-ports.ts';
import { damagedXml, descriptions } from './damaged-xml.test-support.ts';
import { readDiskChains } from './overlay-xml.ts';
import { readDiskDevices, withoutDisk } from './disk-device-xml.ts';
import { readDomainElements } from './domain-elements-xml.ts';
import { readDomainXml } from './domain-xml.ts';
import { readHardwareXml, readLaunchSecurity } from './hardware-xml.ts';
import { readInterfaceFilters, withFilter } from './interface-filter.ts';
import { readNamedDisks } from './named-disks-xml.ts';
import { readNamedPaths } from './files-of-descriptions.ts';
import { portableNetworkXml, readNetworkXml } from './network-xml.ts';
import { rootOf, writeDomain, XmlError } from './parse-xml.ts';
import { portablePoolXml, readPoolDescription } from './pool-xml.ts';
import { portableSecretXml, readSecretXml } from './secret-xml.ts';
import { isGuarded, withGuard, withoutGuard } from './start-guard.ts';
import { readPoolXml, readStorageDevice, readVolumeXml } from './storage-xml.ts';

const seed = Number(process.env['FERRY_SEED'] ?? Date.now() % 2 ** 31);
const path = process.env['FERRY_PATH'];
/** Processor time that one reading of one description may take: far more than any does, far less than a lease. */
const maxReadingMs = 2_000;

const unchanged = { networks: {}, ports: {}, filter: null, storage: null } as const;

/** Everything that reads or rewrites what a host says, by the element that it reads. */
const readers: Readonly<Record<string, (xml: string) => unknown>> = {
  adaptDomainXml: (xml) => adaptDomainXml(xml, unchanged),
  resizeDomain: (xml) => adaptDomainXml(xml, { ...unchanged, size: { memoryBytes: 2 ** 28, vcpus: 1 } }),
  readBindingOwner,
  readCapabilitiesXml,
  consoleFile,
  consolePorts,
  describesRun,
  readDiskChains,
  readDiskDevices,
  withoutDisk: (xml) => withoutDisk(xml, 'vda'),
  readDomainElements,
  readDomainXml,
  isAgentConnected,
  readHardwareXml,
  readLaunchSecurity,
  readInterfaceFilters,
  withFilter: (xml) => withFilter(xml, 'f'),
  readNamedDisks: (xml) => readNamedDisks(xml, 'domain'),
  readNamedPaths: (xml) => readNamedPaths(xml, 'domain'),
  readNetworkXml,
  portableNetworkXml,
  readPoolDescription,
  portablePoolXml,
  readSecretXml,
  portableSecretXml,
  withGuard: (xml) => withGuard(xml, 'why'),
  withoutGuard,
  isGuarded,
  readStorageDevice,
  readPoolXml,
  readVolumeXml,
};

/** What a reading gives, or null where the text is refused; anything else that is thrown is a defect. */
function readBy(read: (xml: string) => unknown, xml: string): unknown {
  try {
    return read(xml);
  } catch (error) {
    if (error instanceof XmlError) return null;
    throw error;
  }
}

function fuzz(runs: number): ReadonlySet<string> {
  process.stdout.write(`descriptions from FERRY_SEED=${seed}\n`);
  const understood = new Set<string>();
  fc.assert(
    fc.property(damagedXml, (xml) => {
      for (const [name, read] of Object.entries(readers)) {
        const begin = process.cpuUsage();
        if (readBy(read, xml) !== null) understood.add(name);
        const { user, system } = process.cpuUsage(begin);
        if ((user + system) / 1_000 > maxReadingMs)
          throw new Error(`${name} took ${(user + system) / 1_000} ms`);
      }
      const elements = readBy(readDomainElements, xml);
      // What is written back says what was read: nothing is changed on the way, however odd it is.
      const written = elements === null ? null : readDomainElements(writeDomain(rootOf(xml, 'domain'), xml));
      expect(written).toEqual(elements);
      expect(Object.keys(Object.prototype)).toEqual([]);
    }),
    { seed, ...(path === undefined ? {} : { path }), numRuns: runs },
  );
  return understood;
}

test('each reader understands one of the descriptions as they are', () => {
  const understood = Object.entries(readers).filter(([, read]) =>
    descriptions.some((xml) => readBy(read, xml) !== null),
  );
  const others = Object.keys(readers).filter((name) => !understood.some(([known]) => known === name));
  // These read what is not among them; a guard is put on a guest that is off alone.
  expect(others).toEqual(['readBindingOwner', 'readLaunchSecurity', 'withGuard', 'readStorageDevice']);
});

test('a damaged description is read or refused: no reader fails inside, takes long, or changes what it does not mean to', () => {
  // Not all of it stops at the parser.
  expect(fuzz(300).size).toBeGreaterThan(20);
});

test('the same for longer', { tags: ['thorough'] }, () => {
  const { FERRY_RUNS = 10_000 } = process.env;
  expect(fuzz(Number(FERRY_RUNS)).size).toBeGreaterThan(20);
});
