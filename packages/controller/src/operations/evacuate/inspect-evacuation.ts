import { moveOptions } from '@ferry/api';
import { type Call, type HypervisorHost, readDomainElements } from '@ferry/hypervisor';
import {
  type CheckInput,
  directoryOf,
  type DiskFacts,
  type DiskView,
  type DomainFacts,
  type EvacuatedDisk,
  type EvacuationInput,
  type Host,
  type Instance,
  type MoveRequest,
  type Role,
  screenMove,
  withScreensMoved,
} from '@ferry/model';
import type { DefinitionBackup } from '../../store/instances/definition-backup-store.ts';
import { answersTo } from '../facts/elements/inspect-elements.ts';
import { inspectPlaces } from '../facts/inspect-places.ts';
import { inspectNetworks } from '../facts/inspect-networks.ts';
import { groupOfInstance } from '../facts/group-of-instance.ts';
import { readHost } from '../facts/read-host.ts';
import { selectTarget } from '../facts/select-target.ts';
import type { Services } from '../engine/services.ts';

/** An evacuation that somebody asks for. */
export interface EvacuationRequest {
  /** Host by name or id; null lets Ferry choose. */
  readonly host: string | null;
  /** Files and directories of which an operator says that both hosts have the same. */
  readonly sharedPaths: readonly string[];
  /** Elements of the definition of which an operator says that they are right on the target (`devices/rng/backend`). */
  readonly accept: readonly string[];
  /** Whether it is left off at the target, whatever it was before. */
  readonly leaveOff: boolean;
}

/** Facts, and what was kept of the instance. */
export interface EvacuationFacts {
  readonly input: EvacuationInput;
  readonly kept: DefinitionBackup | null;
  /** Why that target, when Ferry chose it. */
  readonly choice: string;
}

/** Asks the source whether it is really gone, and the target for everything else. Writes nothing. */
export async function inspectEvacuation(
  services: Services,
  role: Role,
  request: EvacuationRequest,
  instance: Instance,
): Promise<EvacuationFacts> {
  const { store } = services;
  const call: Call = { deadlineMs: services.limits.inspectMs };
  const all = await store.hosts.list();
  const owner = all.find(({ id }) => id === instance.hostId);
  if (owner === undefined) throw new Error(`host ${instance.hostId} of ${instance.id} is not in the store`);
  const source = (await readHost(services, owner, call)).host;
  const serverGroup = await groupOfInstance(store, all, instance);
  const selection = await selectTarget(store, all, instance, request.host, serverGroup);
  const chosen = selection.target?.id === owner.id ? null : selection.target;
  const target = chosen === null ? null : (await readHost(services, chosen, call)).host;
  const there =
    target === null || target.service.state === 'down' ? null : services.hypervisor.host(target.uri);
  const kept = await store.definitionBackups.of(instance.id, owner.id);
  const domain = kept?.domain ?? null;
  const elements = kept === null ? null : await elementsOf(services, kept, there, { source, target }, call);
  return {
    kept,
    choice: selection.choice,
    input: {
      fence: source.fence,
      definitionSeenAt: kept?.seenAt ?? null,
      sourceAnswers: source.service.state === 'up',
      disks:
        there === null || target === null || domain === null
          ? []
          : await viewDisks(services, { source, target, there }, domain, request.sharedPaths),
      checks: {
        ...nothingOfTheSource,
        role,
        request: { ...anyMove, host: request.host, accept: request.accept },
        instance,
        source,
        target: target ?? selection.target,
        targetProblem: selection.problem,
        hostNames: all.map(({ name }) => name),
        domain,
        elements,
        places:
          domain === null || there === null
            ? []
            : await inspectPlaces(services, null, target, {
                ...nothingMapped,
                disks: filesOf(domain),
                elements,
              }),
        networks: await inspectNetworks(null, there, domain, chosen?.networks.map ?? {}, call),
        groups: (await store.securityGroups.of(instance.id)).groups.map(({ name }) => name),
        targetFilters: await orNull(there?.firewall.filters(call).then((names) => names ?? 'cannot-filter')),
        emulator: domain === null ? null : await orNull(emulatorOn(there, domain, call)),
        cpuComparison: domain === null ? null : await orNull(there?.domains.compareCpu(domain, call)),
        conflict: there === null ? 'unknown' : await findConflict(there, instance, call),
        serverGroup,
        claimedMemoryBytes: chosen === null ? 0 : await store.migrations.claimedMemoryBytes(chosen.id),
      },
    },
  };
}

/** What the kept definition names, and what the target has of it; null where it cannot be read any more. */
async function elementsOf(
  services: Services,
  { xml, domain }: DefinitionBackup,
  there: HypervisorHost | null,
  { source, target }: { readonly source: Host; readonly target: Host | null },
  call: Call,
): Promise<CheckInput['elements']> {
  const screens = target === null ? null : screenMove(source, target);
  const descriptions = withScreensMoved({ live: null, next: readDomainElements(xml) }, screens);
  const site = there === null || target === null ? null : { hostId: target.id, host: there };
  const look = { source: null, target: site, domain, kind: 'evacuation', screens, targetPath: same } as const;
  return { descriptions, answers: await answersTo(services, look, descriptions, call) };
}

/** It starts on what is there, at the same paths. */
const nothingMapped = {
  kind: 'evacuation',
  pools: [],
  paths: {},
  settings: { pools: {}, paths: {}, define: false },
  plan: null,
} as const;

function filesOf({ disks, extras }: DomainFacts): DiskFacts[] {
  return [...disks, ...(extras.nvram === null ? [] : [extras.nvram]), ...(extras.files ?? [])];
}

const same = (path: string): string => path;

async function emulatorOn(
  there: HypervisorHost | null,
  domain: DomainFacts,
  call: Call,
): Promise<{ readonly problem: string | null } | null> {
  return there === null ? null : { problem: await there.domains.emulatorProblem(domain, call) };
}

/** What checks of a move ask that a source would have to tell. */
const nothingOfTheSource = {
  plan: null,
  planProblem: null,
  places: [],
  fileUsers: [],
  ownership: { source: null, target: null },
  diskLocks: [],
  room: [],
  warm: null,
  pools: [],
  way: null,
  encryption: null,
  secrets: [],
} as const;

/** The request of a move that asks for nothing in particular. */
const anyMove: Omit<MoveRequest, 'host'> = {
  ...moveOptions(),
  kind: 'evacuation',
  hold: false,
  resizeTo: null,
  said: [],
};

async function orNull<T>(answer: Promise<T> | undefined): Promise<T | null> {
  if (answer === undefined) return null;
  return answer.catch(() => null);
}

async function findConflict(
  { domains }: HypervisorHost,
  { id, name }: Instance,
  call: Call,
): Promise<EvacuationInput['checks']['conflict']> {
  try {
    const byUuid = await domains.observe(id, call);
    if (byUuid.kind === 'unreachable') return 'unknown';
    if (byUuid.kind === 'present') return { by: 'uuid', name, state: byUuid.state };
    const other = await domains.idOf(name, call);
    return other === null ? null : { by: 'name', name, state: 'defined' };
  } catch {
    return 'unknown';
  }
}

interface Sides {
  readonly source: Host;
  readonly target: Host;
  readonly there: HypervisorHost;
}

async function viewDisks(
  services: Services,
  { source, target, there }: Sides,
  domain: DomainFacts,
  saidShared: readonly string[],
): Promise<EvacuatedDisk[]> {
  const call: Call = { deadlineMs: services.limits.inspectMs };
  const shared = await services.store.definitionBackups.sharedDirectories(source.id, target.id);
  const said = (path: string): boolean =>
    saidShared.some((one) => path === one || path.startsWith(one.endsWith('/') ? one : `${one}/`));
  const viewFile = async (path: string, written: boolean): Promise<DiskView> => {
    if ((await there.storage.image(path, call)) === null) return { kind: 'missing' };
    const lastProvenAt = shared.get(directoryOf(path));
    if (lastProvenAt === undefined && !said(path)) return { kind: 'unproven' };
    const held = written ? await there.trials.refusalToWrite(path, call) : null;
    if (held !== null) return { kind: 'in-use', reason: held };
    return lastProvenAt === undefined ? { kind: 'said' } : { kind: 'shared', lastProvenAt };
  };
  const viewDisk = async (disk: DiskFacts): Promise<DiskView> => {
    for (const ref of disk.secrets) {
      const secret = await there.secrets.secret(ref, call);
      const name = ref.uuid ?? `${ref.usageType} ${ref.usage ?? ''}`;
      if (secret === null || secret.hasValue === false)
        return { kind: 'refused', reason: `${target.name} has no secret ${name} with a value` };
    }
    if (disk.network !== null) {
      const reason = await there.trials.refusalToOpen(disk.network, call);
      return reason === null ? { kind: 'opened' } : { kind: 'refused', reason };
    }
    const path = pathOf(disk);
    return path === null ? { kind: 'empty' } : viewFile(path, !disk.readOnly);
  };
  const views: EvacuatedDisk[] = [];
  for (const disk of filesOf(domain)) {
    const what = disk.network?.name ?? pathOf(disk) ?? disk.target;
    views.push({ disk: disk.target, what, view: await told(viewDisk(disk)) });
    for (const { path } of disk.backing)
      views.push({ disk: disk.target, what: path, view: await told(viewFile(path, false)) });
  }
  return views;
}

const pathOf = ({ image, path }: DiskFacts): string | null => image?.path ?? path;

async function told(view: Promise<DiskView>): Promise<DiskView> {
  return view.catch((error: unknown) => ({
    kind: 'unknown',
    reason: error instanceof Error ? error.message : String(error),
  }));
}
