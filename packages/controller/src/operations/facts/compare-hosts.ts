import type { Call, HypervisorHost } from '@ferry/hypervisor';
import {
  type CheckInput,
  type DomainFacts,
  type Instance,
  type MoveRequest,
  storageSettings,
  type TransferPlan,
} from '@ferry/model';
import { askHost } from './ask-host.ts';
import { inspectFileUsers } from './files/inspect-file-users.ts';
import { findConflict } from './find-conflict.ts';
import { inspectLocks } from './inspect-locks.ts';
import { inspectOwnership } from './inspect-ownership.ts';
import { inspectPlaces } from './inspect-places.ts';
import { inspectWarm } from './inspect-warm.ts';
import type { AnsweringHost } from './look-at-host.ts';
import { planOfMove } from './plan-of-move.ts';
import { roomOnTarget } from './room-on-target.ts';
import type { Services } from '../engine/services.ts';

/** What takes both hosts to know. */
export type Comparison = Pick<
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

/** The two hosts of a move, and its guest as it is now; null: does not answer. */
export interface ComparedHosts {
  readonly source: AnsweringHost | null;
  readonly target: AnsweringHost | null;
  readonly domain: DomainFacts | null;
  /** What the guest names beside its disks. */
  readonly files: readonly string[];
  readonly elements: Promise<CheckInput['elements']> | null;
  readonly call: Call;
}

const nothing: Comparison = {
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

/** Holds a guest and its files against the target. What cannot be had is null, unknown or empty, and hides nothing else. */
export async function compareHosts(
  services: Services,
  request: MoveRequest,
  instance: Instance,
  hosts: ComparedHosts,
): Promise<Comparison> {
  const { source, target, domain, call } = hosts;
  if (target === null) return nothing;
  const guest = { id: instance.id, name: domain?.name ?? instance.name };
  if (domain === null || source === null) {
    return { ...nothing, conflict: await findConflict(services, target.answers, guest, call) };
  }
  const settings = storageSettings(request, target.host);
  const asking = { instanceId: instance.id, migrationId: null };
  const [conflict, ofCpu, planned] = await Promise.all([
    findConflict(services, target.answers, guest, call),
    compareCpu(services, target.answers, domain, call),
    planOfMove(services, { request, source, target, domain, settings, files: hosts.files, asking }, call),
  ]);
  const { plan, disks, places, pools, secrets } = planned;
  const ofPlan =
    plan === null ? {} : await comparePlan(services, { request, source, target, domain, plan }, call);
  const users =
    plan === null
      ? null
      : (await askHost(services, inspectFileUsers(services, source.host, plan, asking, call))).value;
  return {
    ...nothing,
    conflict,
    ...ofCpu,
    pools,
    secrets,
    plan,
    planProblem: planned.problem,
    fileUsers: users,
    places: await inspectPlaces(services, source.host, target.host, {
      kind: request.kind,
      disks: disks ?? [...domain.disks, ...(domain.extras.nvram === null ? [] : [domain.extras.nvram])],
      elements: await hosts.elements,
      pools,
      paths: places?.paths ?? {},
      settings,
      plan,
    }),
    ...ofPlan,
  };
}

/** Of an emulator that is not there no CPU can be told. */
async function compareCpu(
  services: Services,
  target: HypervisorHost,
  domain: DomainFacts,
  call: Call,
): Promise<Pick<Comparison, 'emulator' | 'cpuComparison'>> {
  const emulator = await askHost(services, target.domains.emulatorProblem(domain, call));
  const cpu =
    emulator.value === null ? (await askHost(services, target.domains.compareCpu(domain, call))).value : null;
  return {
    emulator: emulator.problem === null ? { problem: emulator.value } : null,
    cpuComparison: cpu,
  };
}

interface PlannedMove {
  readonly request: MoveRequest;
  readonly source: AnsweringHost;
  readonly target: AnsweringHost;
  readonly domain: DomainFacts;
  readonly plan: TransferPlan;
}

/** What a plan takes of both hosts. */
async function comparePlan(
  services: Services,
  { request, source, target, domain, plan }: PlannedMove,
  call: Call,
): Promise<Pick<Comparison, 'room' | 'ownership' | 'diskLocks' | 'warm'>> {
  return {
    room: await roomOnTarget(services, { hostId: target.host.id, host: target.answers }, plan, call),
    ownership: await inspectOwnership(qemuOf(source), qemuOf(target), domain, plan, call),
    diskLocks:
      request.kind === 'live-migration'
        ? await inspectLocks(
            { source: source.answers, target: target.answers, known: services.diskLocks },
            domain,
            plan,
            call,
          )
        : [],
    warm:
      plan.warm === null
        ? null
        : (await askHost(services, compareWarm(services, { source, domain, plan }, call))).value,
  };
}

function qemuOf({ host, answers }: AnsweringHost): Parameters<typeof inspectOwnership>[0] {
  return { qemuOwner: host.facts?.qemuOwner ?? null, host: answers };
}

async function compareWarm(
  { store }: Services,
  { source, domain, plan }: Pick<PlannedMove, 'source' | 'domain' | 'plan'>,
  call: Call,
): Promise<Comparison['warm']> {
  const leaving = (await store.migrations.underWay()).filter((one) => one.sourceHostId === source.host.id);
  return inspectWarm(source.answers, domain, plan, leaving, call);
}
