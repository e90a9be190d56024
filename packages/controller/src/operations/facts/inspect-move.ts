import { dirname } from 'node:path';
import { type Call, type HypervisorHost, Look } from '@ferry/hypervisor';
import {
  type CheckInput,
  type DomainDescriptions,
  type DomainFacts,
  encryptionFacts,
  type Host,
  imagesToBring,
  type Instance,
  mappedPath,
  type MoveRequest,
  namedFiles,
  networkSettings,
  type Owner,
  planTransfer,
  planWarm,
  type Role,
  screenMove,
  storageSettings,
  targetPathOf,
  type TransferPlan,
} from '@ferry/model';
import { answersTo, describeElements } from './elements/inspect-elements.ts';
import { filesOfGuest } from './files-of-guest.ts';
import { inspectNetworkDisks } from './inspect-disks.ts';
import { inspectVolumes } from './volumes/inspect-volumes.ts';
import { placesOf, placesOfFiles } from './volumes/places-of.ts';
import { provenSharing } from './volumes/proven-sharing.ts';
import { triedLater } from './volumes/tried-later.ts';
import { inspectFileUsers, withOwners } from './files/inspect-file-users.ts';
import { inspectNetworks } from './inspect-networks.ts';
import { inspectWarm } from './inspect-warm.ts';
import { inspectLocks } from './inspect-locks.ts';
import { inspectPlaces } from './inspect-places.ts';
import { inspectOwnership } from './inspect-ownership.ts';
import { readHost } from './read-host.ts';
import { groupOfInstance } from './group-of-instance.ts';
import { selectTarget } from './select-target.ts';
import type { Services } from '../engine/services.ts';

/** The facts for all checks of one move, and why that target when Ferry chose it. */
export interface Inspection {
  readonly input: CheckInput;
  readonly choice: string;
}

/**
 * Asks both hosts side by side for everything the checks compare. A fact that cannot be had is null in the result,
 * so that it never hides the other findings. Writes nothing but a probe file, which it takes away.
 */
export async function inspectMove(
  services: Services,
  role: Role,
  request: MoveRequest,
  instance: Instance,
  goesWith: readonly string[] = [],
): Promise<Inspection> {
  const hosts = await services.store.hosts.list();
  const owner = hosts.find((host) => host.id === instance.hostId);
  if (owner === undefined)
    throw new Error(`host ${instance.hostId} of instance ${instance.id} is not in the store`);
  const serverGroup = await groupOfInstance(services.store, hosts, instance, goesWith);
  const selection = await selectTarget(services.store, hosts, instance, request.host, serverGroup);
  const elsewhere = selection.target !== null && selection.target.id !== owner.id ? selection.target : null;
  const call: Call = { deadlineMs: services.limits.inspectMs, look: new Look() };
  const [source, target] = await Promise.all([
    look(services, owner, call),
    elsewhere === null ? null : look(services, elsewhere, call),
  ]);
  const domain = await attempt(services, source.answers?.domains.domain(instance.id, call));
  const elements = await lookAtElements(services, request, {
    owner,
    elsewhere,
    source,
    target,
    domain,
    call,
  });
  // Awaited together: one that fails while another goes on would end the process as a rejection that nobody hears.
  const [networks, targetFilters, between] = await Promise.all([
    inspectNetworks(
      source.answers,
      target?.answers ?? null,
      domain.value,
      networkSettings(request, elsewhere).map,
      call,
    ),
    filtersOf(services, target?.answers ?? null, call),
    compare(services, request, instance, {
      source,
      target,
      domain: domain.value,
      files: elements === null ? [] : namedFiles(elements.descriptions, request.kind),
      elements: elements?.compared ?? null,
      call,
    }),
  ]);
  const facts = (await elements?.compared) ?? null;
  return {
    choice: selection.choice,
    input: {
      role,
      request,
      instance,
      source: source.host,
      target: target?.host ?? selection.target,
      targetProblem: selection.problem,
      hostNames: hosts.map((host) => host.name),
      networks,
      groups: (await services.store.securityGroups.of(instance.id)).groups.map((group) => group.name),
      targetFilters,
      domain: domain.value,
      elements: facts,
      ...between,
      planProblem: between.planProblem ?? domain.problem,
      serverGroup,
      ...(elsewhere === null
        ? { way: null, encryption: null }
        : await foundByDoctor(services, owner.id, elsewhere.id)),
      claimedMemoryBytes:
        selection.target === null
          ? 0
          : await services.store.migrations.claimedMemoryBytes(selection.target.id),
    },
  };
}

/** What a domain names beside its disks, and what the target has of it: comparing files can take long, and goes on beside the rest. */
interface ElementsSeen {
  readonly descriptions: DomainDescriptions;
  /** Null: it could not be compared. Never rejects. */
  readonly compared: Promise<CheckInput['elements']>;
}

async function lookAtElements(
  services: Services,
  request: MoveRequest,
  seen: {
    readonly owner: Host;
    readonly elsewhere: Host | null;
    readonly source: Side;
    readonly target: Side | null;
    readonly domain: Attempt<DomainFacts | null>;
    readonly call: Call;
  },
): Promise<ElementsSeen | null> {
  const { owner, elsewhere, source, target, domain, call } = seen;
  if (source.answers === null || domain.value === null) return null;
  const paths = storageSettings(request, elsewhere).paths;
  const asked = {
    source: { hostId: owner.id, host: source.answers },
    target:
      elsewhere === null || target?.answers == null ? null : { hostId: elsewhere.id, host: target.answers },
    domain: domain.value,
    kind: request.kind,
    screens: elsewhere === null ? null : screenMove(owner, elsewhere),
    targetPath: (path: string) => mappedPath(path, paths) ?? path,
  };
  const { value: descriptions } = await attempt(services, describeElements(asked, call));
  if (descriptions === null) return null;
  const compared = attempt(services, answersTo(services, asked, descriptions, call));
  return {
    descriptions,
    compared: compared.then(({ value }) => (value === null ? null : { descriptions, answers: value })),
  };
}

/** What the doctor found before that may be another by now. */
const longestWayMs = 24 * 3_600_000;

async function foundByDoctor(
  { store }: Services,
  fromId: string,
  toId: string,
): Promise<Pick<CheckInput, 'way' | 'encryption'>> {
  const since = new Date(Date.parse(store.now()) - longestWayMs).toISOString();
  const [source, target, way] = await Promise.all([
    store.doctor.ofHost(fromId, since),
    store.doctor.ofHost(toId, since),
    store.doctor.ofWay(fromId, toId, since),
  ]);
  return {
    way,
    encryption: encryptionFacts({
      source: source?.findings ?? null,
      target: target?.findings ?? null,
      way: way?.findings ?? null,
    }),
  };
}

/** Names of the filters that a host has; null when it does not say. */
async function filtersOf(
  services: Services,
  host: HypervisorHost | null,
  call: Call,
): Promise<CheckInput['targetFilters']> {
  if (host === null) return null;
  const { value, problem } = await attempt(services, host.firewall.filters(call));
  const inForce = await attempt(services, host.firewall.inForce(call));
  if (problem !== null || inForce.problem !== null) return null;
  return value === null ? 'cannot-filter' : inForce.value === false ? 'not-in-force' : value;
}

/** One host as it is now: its live facts and, when it answers, the way to ask more. */
interface Side {
  readonly host: Host;
  readonly answers: HypervisorHost | null;
}

async function look(services: Services, host: Host, call: Call): Promise<Side> {
  const reading = await readHost(services, host, call);
  return { host: reading.host, answers: reading.kind === 'answers' ? reading.hypervisor : null };
}

/** What takes both hosts to know. */
type Between = Pick<
  CheckInput,
  | 'cpuComparison'
  | 'emulator'
  | 'conflict'
  | 'plan'
  | 'planProblem'
  | 'places'
  | 'room'
  | 'ownership'
  | 'diskLocks'
  | 'fileUsers'
  | 'warm'
  | 'pools'
  | 'secrets'
>;

async function compare(
  services: Services,
  request: MoveRequest,
  instance: Instance,
  sides: {
    source: Side;
    target: Side | null;
    domain: DomainFacts | null;
    /** Beside disks. */
    files: readonly string[];
    elements: Promise<CheckInput['elements']> | null;
    call: Call;
  },
): Promise<Between> {
  const target = sides.target?.answers ?? null;
  const { domain, call } = sides;
  const nothing: Between = {
    emulator: null,
    cpuComparison: null,
    conflict: 'unknown',
    plan: null,
    planProblem: null,
    places: [],
    room: [],
    ownership: { source: null, target: null },
    diskLocks: [],
    fileUsers: null,
    warm: null,
    pools: [],
    secrets: [],
  };
  if (target === null) return nothing;
  const conflict = attempt(
    services,
    findConflict(target, { id: instance.id, name: domain?.name ?? instance.name }, call),
  );
  if (domain === null || sides.source.answers === null) {
    return { ...nothing, conflict: await conflictOf(conflict) };
  }
  const settings = storageSettings(request, sides.target?.host ?? null);
  const [emulator, volumes, files] = await Promise.all([
    attempt(services, target.domains.emulatorProblem(domain, call)),
    inspectVolumes(sides.source.answers, target, domain, settings.pools, call),
    attempt(services, filesOfGuest(sides.source.answers, request.kind, domain, call)),
  ]);
  // Of an emulator that is not there no CPU can be told.
  const cpu =
    emulator.value === null
      ? attempt(services, target.domains.compareCpu(domain, call))
      : Promise.resolve({ value: null, problem: null });
  const sites = {
    source: { hostId: sides.source.host.id, host: sides.source.answers },
    target: { hostId: sides.target?.host.id ?? '', host: target },
  };
  const disks = files.value ?? [];
  const places = await attempt(services, placesOf(target, disks, volumes.pools, settings, call));
  const later = triedLater(volumes.secrets, domain.disks);
  const [sharing, reached] = await Promise.all([
    attempt(
      services,
      places.value === null || files.value === null
        ? undefined
        : provenSharing(services, sites, disks, places.value, request.sharedDevices, call),
    ),
    attempt(services, inspectNetworkDisks(target, disks, later, call)),
  ]);
  const cold =
    sharing.value === null || places.value === null
      ? null
      : planTransfer(request, disks, sharing.value, reached.value ?? [], {
          ...placesOfFiles(sides.files, settings),
          ...places.value.paths,
        });
  const warm = request.warm && request.kind === 'cold-migration' && cold !== null;
  const planned = warm ? { ...cold, warm: planWarm(domain, cold) } : cold;
  const asking = { instanceId: instance.id, migrationId: null };
  const owned = await attempt(
    services,
    planned === null || sides.target === null
      ? undefined
      : withOwners(services, sides.target.host, planned, asking, call),
  );
  const plan = owned.value ?? planned;
  const fileUsers = await attempt(
    services,
    plan === null ? undefined : inspectFileUsers(services, sides.source.host, plan, asking, call),
  );
  return {
    emulator: emulator.problem === null ? { problem: emulator.value } : null,
    cpuComparison: (await cpu).value,
    conflict: await conflictOf(conflict),
    plan,
    fileUsers: fileUsers.value,
    ...volumes,
    places: await inspectPlaces(services, sides.source.host, sides.target?.host ?? null, {
      kind: request.kind,
      disks: files.value ?? [...domain.disks, ...(domain.extras.nvram === null ? [] : [domain.extras.nvram])],
      elements: await sides.elements,
      pools: volumes.pools,
      paths: places.value?.paths ?? {},
      settings,
      plan,
    }),
    planProblem: files.problem ?? places.problem ?? sharing.problem ?? reached.problem,
    room: plan === null ? [] : await roomFor(services, target, sides.target?.host.id ?? '', plan, call),
    ownership: plan === null ? nothing.ownership : await ownershipOf(sides, domain, plan),
    diskLocks:
      plan === null || request.kind !== 'live-migration'
        ? []
        : await inspectLocks(
            { source: sides.source.answers, target, known: services.diskLocks },
            domain,
            plan,
            call,
          ),
    warm:
      plan === null || plan.warm === null
        ? null
        : (await attempt(services, warmOf(services, sides.source, domain, plan, call))).value,
  };
}

async function warmOf(
  { store }: Services,
  { host, answers }: Side,
  domain: DomainFacts,
  plan: TransferPlan,
  call: Call,
): Promise<CheckInput['warm']> {
  if (answers === null) return null;
  const leaving = (await store.migrations.underWay()).filter((one) => one.sourceHostId === host.id);
  return inspectWarm(answers, domain, plan, leaving, call);
}

function ownershipOf(
  { source, target, call }: { source: Side; target: Side | null; call: Call },
  domain: DomainFacts,
  plan: TransferPlan,
): Promise<CheckInput['ownership']> {
  const [here, there] = [source.answers, target?.answers ?? null];
  if (here === null || there === null) return Promise.resolve({ source: null, target: null });
  const ownerOf = (side: Side | null): Owner | null => side?.host.facts?.qemuOwner ?? null;
  return inspectOwnership(
    { qemuOwner: ownerOf(source), host: here },
    { qemuOwner: ownerOf(target), host: there },
    domain,
    plan,
    call,
  );
}

/** What the target has under its uuid, or under the hypervisor's name of it, which a renamed instance keeps. */
async function findConflict(
  target: HypervisorHost,
  { id, name }: Pick<Instance, 'id' | 'name'>,
  call: Call,
): Promise<CheckInput['conflict']> {
  const byUuid = await target.domains.observe(id, call);
  if (byUuid.kind === 'present') return { by: 'uuid', name, state: byUuid.state };
  const other = await target.domains.idOf(name, call);
  if (other === null) return null;
  const byName = await target.domains.observe(other, call);
  return { by: 'name', name, state: byName.kind === 'present' ? byName.state : byName.kind };
}

async function conflictOf(found: Promise<Attempt<CheckInput['conflict']>>): Promise<CheckInput['conflict']> {
  const { value, problem } = await found;
  return problem === null ? value : 'unknown';
}

async function roomFor(
  services: Services,
  target: HypervisorHost,
  targetId: string,
  plan: TransferPlan,
  call: Call,
): Promise<CheckInput['room']> {
  const paths = imagesToBring(plan.disks)
    .filter(({ toDevice }) => toDevice !== true)
    .map(({ path }) => targetPathOf(plan, path));
  const directories = [...new Set(paths.map((path) => dirname(path)))];
  const rooms = await Promise.all(
    directories.map(
      async (directory) => (await attempt(services, target.storage.room(directory, call))).value,
    ),
  );
  const claimed = await services.store.migrations.claimedRoom(targetId);
  return rooms
    .filter((room) => room !== null)
    .map((room) => ({ ...room, claimedBytes: claimed.get(room.directory) ?? 0 }));
}

/** A question to a host: its answer, or why there was none. */
interface Attempt<T> {
  readonly value: T | null;
  readonly problem: string | null;
}

async function attempt<T>(services: Services, question: Promise<T> | undefined): Promise<Attempt<T>> {
  if (question === undefined) return { value: null, problem: null };
  try {
    return { value: await question, problem: null };
  } catch (error) {
    services.log.debug({ error }, 'a host did not answer a question of the checks');
    return { value: null, problem: error instanceof Error ? error.message : String(error) };
  }
}
