import { randomUUID } from 'node:crypto';
import { moveOptions, type ProblemCode } from '@ferry/api';
import {
  holderOf,
  newMigration,
  filterNames,
  type CheckInput,
  claimedRoom,
  type DomainFacts,
  type EffectivePolicy,
  type Finding,
  type Instance,
  judge,
  memoryNow,
  type Migration,
  type MoveRequest,
  networkSettings,
  type Role,
  type TransferPlan,
} from '@ferry/model';
import type { RequestContext } from '../../store/operations/action-store.ts';
import type { NewClaim } from '../../store/migrations/begin-migration.ts';
import { forecastInspected, keepForecast, type MadeForecast } from '../forecast/forecast-inspected.ts';
import { withPolicy } from '../policies/policy-of-move.ts';
import { strategyOf } from '../policies/strategy-of.ts';
import { findInstance } from '../engine/find-instance.ts';
import { inspectMove, type Inspection } from '../facts/inspect-move.ts';
import type { MoveInput, Side } from '../context/move-input.ts';
import { Refusal } from '../engine/refusal.ts';
import { moveVolumes } from './move-volumes.ts';
import { quotaOfResize, resizeOf } from './resize-of-move.ts';
import type { Services } from '../engine/services.ts';

/** The answer to "would it work?". */
export interface CheckReport {
  /** `not-known`: nothing forbids it, and facts that it takes could not be had. It is refused like one that is not possible. */
  readonly verdict: 'possible' | 'not-possible' | 'not-known';
  readonly instance: Instance;
  /** As it was asked for, with what policies say where it says nothing. */
  readonly request: MoveRequest;
  readonly policy: EffectivePolicy;
  readonly inspection: Inspection;
  readonly findings: readonly Finding[];
  /** Of a live migration, from what is written down; null: there is none. */
  readonly forecast: MadeForecast | null;
}

/** What a plan says of a move of its own. */
interface MoveOfPlan {
  /** By which it knows it, and has written it down before. */
  readonly migrationId?: string;
  /** Other instances that it moves to the same host: members of one group with affinity go one after the other. */
  readonly goesWith?: readonly string[];
}

const verdicts = { go: 'possible', refuse: 'not-possible', unsure: 'not-known' } as const;

/** Judges a move on live facts and changes nothing. */
export async function checkMove(
  services: Services,
  role: Role,
  name: string,
  asked: MoveRequest,
  goesWith: readonly string[] = [],
): Promise<CheckReport> {
  const instance = await findInstance(services.store, name);
  const { request, policy } = await withPolicy(services, instance, asked);
  const inspection = await inspectMove(services, role, request, instance, goesWith);
  const { verdict, findings } = judge(inspection.input);
  const forecast = await forecastInspected(services, instance, inspection.input, policy);
  return { verdict: verdicts[verdict], instance, request, policy, inspection, findings, forecast };
}

/**
 * Accepts a move or refuses it with every finding. Accepting is one transaction: the instance is taken by
 * compare-and-set, migration, claim and operation are written, or nothing is.
 */
export async function submitMove(
  services: Services,
  role: Role,
  name: string,
  wanted: MoveRequest,
  asked?: RequestContext,
  { migrationId = randomUUID(), goesWith = [] }: MoveOfPlan = {},
): Promise<Migration> {
  const report = await checkMove(services, role, name, wanted, goesWith).catch(async (error: unknown) => {
    // A look at hosts that fails may have met what an earlier request does there by now: then it is the instance that is busy.
    const [only, ...others] = await services.store.instances.byNameOrId(name);
    if (only === undefined || only.operationId === null || others.length > 0) throw error;
    throw new Refusal('instance-busy', `${only.name} is held by ${holderOf(only)}.`);
  });
  const { instance, request, policy, inspection, findings } = report;
  const { source, target, domain, plan } = inspection.input;
  if (report.verdict !== 'possible' || target === null || domain === null || plan === null)
    throw refusalOf(request, report, await services.store.instances.byId(instance.id));
  const now = new Date().toISOString();
  const networks = networkSettings(request, target);
  const profile = await services.store.profiles.of(instance.id);
  const migration = newMigration(
    {
      id: migrationId,
      kind: request.kind,
      instanceId: instance.id,
      instanceName: instance.name,
      sourceHostId: source.id,
      sourceHost: source.name,
      targetHostId: target.id,
      targetHost: target.name,
      plan,
      findings,
      held: request.hold,
      resize: resizeOf(request, instance, domain, profile),
    },
    now,
  );
  const input: MoveInput = {
    migrationId: migration.id,
    instanceId: instance.id,
    instanceName: domain.name,
    source: sideOf(source),
    target: sideOf(target),
    targetOwner: target.facts?.qemuOwner ?? null,
    plan,
    options: {
      ...moveOptions(request),
      // The target holds the guest until all of it is there, which a policy that allows post-copy cannot know.
      ...(plan.form === 'managed' ? { postCopy: 'never' as const } : {}),
      defineNetworks: networks.define,
    },
    policy,
    ...(request.kind === 'live-migration'
      ? {
          strategy: await strategyOf(services, policy, {
            instanceId: instance.id,
            domain,
            plan,
            source,
            target,
          }),
        }
      : {}),
    arrivesPaused: plan.form === 'managed',
    persistent: domain.persistent,
    autostart: domain.autostart,
    power: domain.power,
    filter: inspection.input.groups.length === 0 ? null : filterNames.instance(instance.id),
    networks: networks.map,
    ports: portsOf(domain),
    libvirtNetworks: inspection.input.networks
      .filter((network) => network.kind === 'network')
      .map(({ name: plugged, targetName }) => ({ name: plugged, targetName })),
    volumes: moveVolumes(inspection.input),
    hold: request.hold,
    resize: migration.resize,
  };
  const workflow = workflowOf(request);
  // A guest that is off and stays off takes no memory: it moves also where it could not be started now.
  const staysOff = request.kind === 'cold-migration' && domain.power === 'shutoff';
  const claim = {
    memoryBytes: staysOff ? 0 : (migration.resize?.to.memoryBytes ?? memoryNow(domain)),
    diskBytes: plan.copyBytes,
    memoryLimitBytes: staysOff ? null : (target.facts?.memoryAvailableBytes ?? null),
    directories: roomNeeded(plan, inspection.input.room),
  };
  const operation = { workflow, input, goesWith, ...(asked === undefined ? {} : { asked }) };
  const quota = quotaOfResize(services, profile, migration.resize);
  const begun = await services.store.migrations.begin(migration, instance, claim, operation, quota);
  if (begun.begun) {
    await keepForecast(services, migration, report.forecast);
    return migration;
  }
  switch (begun.because) {
    case 'busy':
      throw new Refusal('instance-busy', `${instance.name} is held by ${begun.holder}.`);
    case 'quota':
      throw new Refusal('quota-exceeded', `${begun.message}.`);
    case 'changed':
      throw new Refusal('instance-busy', `${instance.name} changed while the checks ran; ask again.`);
    case 'no-disk-room':
      throw new Refusal(
        'checks-failed',
        `Migrations under way have claimed ${begun.claimedBytes} bytes of the room in ${begun.directory} on ${target.name}: what is left does not do for this one. Wait for them, or choose another host.`,
        findings,
      );
    case 'no-room':
      throw new Refusal(
        'checks-failed',
        `${target.name} has ${claim.memoryLimitBytes} bytes of memory available; migrations under way have claimed ${begun.claimedBytes}, and this one needs ${claim.memoryBytes}.`,
        findings,
      );
  }
}

/**
 * Which refusal it is, by the first finding that has a refusal of its own; all findings come along. Of two requests at
 * the same time the later one may see what the earlier one does already, its images on the target for one: then it is
 * the instance that is busy, and not the target that is wrong.
 */
function refusalOf(request: MoveRequest, report: CheckReport, now: Instance | null): Refusal {
  const errors = report.findings.filter((finding) => finding.severity === 'error');
  const codes: Partial<Record<string, ProblemCode>> = {
    'caller-may': 'forbidden',
    'parameters-complete': 'bad-request',
    'target-exists': 'host-not-found',
    'domain-lock': 'instance-busy',
  };
  const own = errors.map((finding) => codes[finding.code]).find((known) => known !== undefined);
  const code = own ?? (now !== null && now.operationId !== null ? 'instance-busy' : 'checks-failed');
  const what = request.kind === 'live-migration' ? 'migrated live' : 'migrated cold';
  // Where nothing forbids it, what is not known does.
  const telling =
    errors.length > 0 ? errors : report.findings.filter(({ severity }) => severity === 'unknown');
  const unknown = errors.length > 0 ? '' : 'it is not known whether it would work: ';
  const why = telling.map((finding) => finding.message).join(' ');
  return new Refusal(
    code,
    `${report.instance.name} cannot be ${what}: ${why === '' ? 'facts that the move needs could not be had.' : unknown + why}`,
    report.findings,
  );
}

/** What the images take in each directory of the target, and the room that it has told. */
function roomNeeded(plan: TransferPlan, room: CheckInput['room']): NewClaim['directories'] {
  const needed = claimedRoom([{ plan, copies: [] }]);
  return room.flatMap(({ directory, availableBytes }) =>
    availableBytes === null ? [] : [{ directory, availableBytes, neededBytes: needed.get(directory) ?? 0 }],
  );
}

function workflowOf({ kind, hold }: MoveRequest): string {
  if (kind === 'live-migration') return 'live-migrate';
  return hold ? 'cold-migrate-held' : 'cold-migrate';
}

/** Ids that networks gave to the ports of a guest that runs. */
function portsOf({ interfaces }: DomainFacts): MoveInput['ports'] {
  const ports = interfaces.flatMap(({ kind, mac, virtualPort, portId }) =>
    kind === 'network' && virtualPort === 'openvswitch' && portId !== null ? [[mac, portId] as const] : [],
  );
  return Object.fromEntries(ports);
}

function sideOf({ id, name, uri, peerUri, trustedCopyAddress, screenAddress }: Side): Side {
  return { id, name, uri, peerUri, trustedCopyAddress, screenAddress: screenAddress ?? null };
}
