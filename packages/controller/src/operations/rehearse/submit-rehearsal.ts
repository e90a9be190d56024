import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import {
  type DomainFacts,
  type Host,
  type Migration,
  type MoveRequest,
  newMigration,
  rehearsedPlan,
  type Role,
  targetPathOf,
  type TransferPlan,
} from '@ferry/model';
import type { RequestContext } from '../../store/operations/action-store.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { keepForecast } from '../forecast/forecast-inspected.ts';
import { imageDirectoryOf } from '../hosts/image-directory-of.ts';
import { checkMove } from '../move/check-move.ts';
import { moveInput } from '../move/input-of-move.ts';
import { refusalOfBegun, refusalOfCheck } from '../move/refusal-of-move.ts';
import type { RehearsalDisk, RehearsalInput } from './rehearsal-input.ts';

/** What a stand-in takes of its target. */
const standInBytes = 32 * 1024 * 1024;
/** With a limit of bandwidth no more is sent than so many seconds take. */
const longestSeconds = 5;

/** What a plan says of the rehearsal of one of its moves. */
interface SaidOfRehearsal {
  /** Written down before it is begun, so that it is begun once. */
  readonly migrationId?: string;
  /** Other instances that go to the same host. */
  readonly goesWith?: readonly string[];
}

/**
 * Accepts the rehearsal of a live migration, or refuses it with every finding as that would be. Gives what is begun: a
 * migration of the kind `rehearsal`, whose operation is to be started by its id.
 */
export async function submitRehearsal(
  services: Services,
  role: Role,
  name: string,
  wanted: MoveRequest,
  asked?: RequestContext,
  said: SaidOfRehearsal = {},
): Promise<Migration> {
  if (wanted.kind !== 'live-migration')
    throw new Refusal('bad-request', `A rehearsal is of a live migration, and this is a ${wanted.kind}.`);
  const report = await checkMove(services, role, name, wanted, said.goesWith);
  const { instance, inspection, findings } = report;
  const { source, target, domain, plan: whole } = inspection.input;
  if (report.verdict !== 'possible' || target === null || domain === null || whole === null)
    throw refusalOfCheck(report, await services.store.instances.byId(instance.id));
  const { plan, later } = rehearsedPlan(whole);
  const migration = newMigration(
    {
      id: said.migrationId ?? randomUUID(),
      kind: 'rehearsal',
      instanceId: instance.id,
      instanceName: instance.name,
      sourceHostId: source.id,
      sourceHost: source.name,
      targetHostId: target.id,
      targetHost: target.name,
      plan,
      findings,
    },
    new Date().toISOString(),
  );
  const input: RehearsalInput = {
    ...(await moveInput(services, report, { source, target, domain, plan }, migration)),
    rehearsal: {
      standIn: standInFor(domain),
      disk: await diskFor(
        services,
        { source, target, domain, plan: whole },
        bytesToSend(services, report.request),
      ),
      sourceOwner: source.facts?.qemuOwner ?? null,
      later,
    },
  };
  const claim = { memoryBytes: standInBytes, diskBytes: 0, memoryLimitBytes: null, directories: [] };
  const begun = await services.store.migrations.begin(migration, instance, claim, {
    workflow: 'rehearse',
    input,
    ...(asked === undefined ? {} : { asked }),
  });
  if (!begun.begun) throw refusalOfBegun(begun, { instance, target, claim, findings });
  await keepForecast(services, migration, report.forecast);
  return migration;
}

/** Its name tells whoever sees it what it is. */
function standInFor({ arch, machineType, emulator }: DomainFacts): RehearsalInput['rehearsal']['standIn'] {
  const id = randomUUID();
  return { id, name: `ferry-rehearsal-${id.slice(0, 8)}`, arch, machineType, emulator };
}

function bytesToSend({ limits }: Services, { bandwidthBytesPerSecond }: MoveRequest): number {
  const most = limits.rehearsalBytes;
  return bandwidthBytesPerSecond === null ? most : Math.min(most, bandwidthBytesPerSecond * longestSeconds);
}

/** What a disk is put beside. */
interface DiskPlace {
  readonly source: Host;
  readonly target: Host;
  readonly domain: DomainFacts;
  /** With all that the migration brings. */
  readonly plan: TransferPlan;
}

/**
 * Two files of Ferry's own: beside a disk of the guest, where it may have files; of a guest without a disk that is a file where
 * both hosts make disks of new ones. Null: there is no such directory on both.
 */
async function diskFor(services: Services, place: DiskPlace, bytes: number): Promise<RehearsalDisk | null> {
  const { domain, plan } = place;
  const file = domain.disks.find(
    ({ kind, device, path }) => kind === 'file' && device === 'disk' && path !== null,
  );
  const directories =
    file === undefined || file.path === null
      ? await imageDirectories(services, place)
      : { source: dirname(file.path), target: dirname(targetPathOf(plan, file.path)) };
  if (directories === null) return null;
  const name = `.ferry-rehearsal-${randomUUID()}`;
  return {
    source: `${directories.source}/${name}.from`,
    // Where both hosts see the same directory, the two are still two.
    target: `${directories.target}/${name}.to`,
    bytes,
  };
}

/** Null: one of them has no such directory, or does not say. */
async function imageDirectories(
  { hypervisor, limits, log }: Services,
  { source, target }: DiskPlace,
): Promise<{ readonly source: string; readonly target: string } | null> {
  const call = { deadlineMs: limits.inspectMs };
  const found = async (host: Host): Promise<string | null> => {
    const there = hypervisor.host(host.uri);
    const directory = await imageDirectoryOf(host, there, call);
    return (await there.storage.room(directory, call)).present ? directory : null;
  };
  try {
    const [from, to] = await Promise.all([found(source), found(target)]);
    return from === null || to === null ? null : { source: from, target: to };
  } catch (error) {
    log.debug({ err: error }, 'a host did not tell where it makes disks: the link is not measured');
    return null;
  }
}
