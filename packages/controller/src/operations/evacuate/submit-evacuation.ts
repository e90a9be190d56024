import { adaptDomainXml } from '@ferry/hypervisor';
import { randomUUID } from 'node:crypto';
import { moveOptions, type ProblemCode } from '@ferry/api';
import {
  type DomainFacts,
  filterNames,
  type Finding,
  type Host,
  type Instance,
  judgeEvacuation,
  type Migration,
  newMigration,
  type PowerState,
  type Role,
  screenMove,
  type TransferPlan,
} from '@ferry/model';
import type { RequestContext } from '../../store/operations/action-store.ts';
import { findInstance } from '../engine/find-instance.ts';
import type { Side } from '../context/move-input.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import type { EvacuationMove } from './evacuate-workflow.ts';
import { type EvacuationFacts, type EvacuationRequest, inspectEvacuation } from './inspect-evacuation.ts';

/** Accepts that an instance is started elsewhere because its host is gone, or refuses it with every finding. */
export async function submitEvacuation(
  services: Services,
  role: Role,
  name: string,
  request: EvacuationRequest,
  asked?: RequestContext,
  migrationId: string = randomUUID(),
): Promise<Migration> {
  const instance = await findInstance(services.store, name);
  const facts = await inspectEvacuation(services, role, request, instance);
  const { possible, findings } = judgeEvacuation(facts.input);
  const { source, target } = facts.input.checks;
  const { kept } = facts;
  if (!possible || target === null || kept === null) throw refusalOf(instance, findings);
  const migration = migrationOf(migrationId, instance, { source, target }, kept.domain, findings);
  const input = moveOf(migration, facts, { source, target }, kept.domain, kept.xml);
  const power = request.leaveOff ? 'shutoff' : input.power;
  const claim = {
    memoryBytes: power === 'running' ? instance.memoryBytes : 0,
    diskBytes: 0,
    memoryLimitBytes: power === 'running' ? (target.facts?.memoryAvailableBytes ?? null) : null,
    directories: [],
  };
  const operation = {
    workflow: 'evacuate',
    input: { ...input, power },
    ...(asked === undefined ? {} : { asked }),
  };
  const begun = await services.store.migrations.begin(migration, instance, claim, operation);
  if (begun.begun) return migration;
  if (begun.because === 'no-room')
    throw new Refusal(
      'checks-failed',
      `Migrations under way have claimed ${begun.claimedBytes} bytes of memory on ${target.name}, and this one needs ${claim.memoryBytes}.`,
      findings,
    );
  throw new Refusal('instance-busy', `${instance.name} changed while the checks ran; ask again.`);
}

interface Sides {
  readonly source: Host;
  readonly target: Host;
}

function migrationOf(
  id: string,
  instance: Instance,
  { source, target }: Sides,
  domain: DomainFacts,
  findings: readonly Finding[],
): Migration {
  return newMigration(
    {
      id,
      kind: 'evacuation',
      instanceId: instance.id,
      instanceName: instance.name,
      sourceHostId: source.id,
      sourceHost: source.name,
      targetHostId: target.id,
      targetHost: target.name,
      plan: planOf(domain),
      findings,
    },
    new Date().toISOString(),
  );
}

/** All of its disks stay where they are. */
function planOf({ disks }: DomainFacts): TransferPlan {
  return {
    form: 'cold',
    copyBytes: 0,
    warm: null,
    obstacles: [],
    disks: disks.map(({ target, path }) => ({
      action: 'keep',
      target,
      path,
      because: 'its host is gone, and the target has it',
    })),
  };
}

function moveOf(
  migration: Migration,
  { input: { checks } }: EvacuationFacts,
  { source, target }: Sides,
  domain: DomainFacts,
  xml: string,
): EvacuationMove {
  return {
    migrationId: migration.id,
    instanceId: migration.instanceId,
    instanceName: domain.name,
    source: sideOf(source),
    target: sideOf(target),
    targetOwner: null,
    plan: planOf(domain),
    persistent: true,
    autostart: domain.autostart,
    power: wantedPower(checks.instance),
    options: moveOptions(),
    filter: checks.groups.length === 0 ? null : filterNames.instance(migration.instanceId),
    networks: {},
    ports: {},
    libvirtNetworks: checks.networks
      .filter(({ kind }) => kind === 'network')
      .map(({ name, targetName }) => ({ name, targetName })),
    storage: {
      poolMap: {},
      pools: poolsOf(domain),
      definePools: false,
      secrets: [],
      tryLater: [],
      byPool: [],
    },
    xml: withScreensOf(target, source, xml),
    writtenPaths: domain.disks.flatMap(({ image, readOnly }) =>
      image === null || readOnly ? [] : [image.path],
    ),
  };
}

/** What it was when its host was last seen. */
function wantedPower({ vmState, powerState }: Instance): PowerState {
  return vmState === 'active' || vmState === 'paused' || powerState === 'running' ? 'running' : 'shutoff';
}

function poolsOf({ disks }: DomainFacts): { name: string; targetName: string }[] {
  const names = new Set(disks.flatMap(({ volume }) => (volume === null ? [] : [volume.pool])));
  return [...names].map((name) => ({ name, targetName: name }));
}

/** The definition as the target is to have it: nothing else of it is adapted. */
function withScreensOf(target: Host, source: Host, xml: string): string {
  const screens = screenMove(source, target);
  const nothing = { networks: {}, ports: {}, filter: null, storage: null };
  return screens === null ? xml : adaptDomainXml(xml, { ...nothing, screens });
}

function sideOf({ id, name, uri, peerUri, trustedCopyAddress, screenAddress }: Host): Side {
  return { id, name, uri, peerUri, trustedCopyAddress, screenAddress };
}

function refusalOf({ name }: Instance, findings: readonly Finding[]): Refusal {
  const forbidding = findings.filter(({ severity }) => severity === 'error' || severity === 'unknown');
  const codes: Partial<Record<string, ProblemCode>> = {
    'caller-may': 'forbidden',
    'target-exists': 'host-not-found',
    'domain-lock': 'instance-busy',
    'source-gone': 'host-answers',
    'source-fenced': 'fence-needed',
  };
  const own = forbidding.map(({ code }) => codes[code]).find((known) => known !== undefined);
  const why = forbidding.map(({ message }) => message).join('; ');
  return new Refusal(own ?? 'checks-failed', `${name} cannot be evacuated: ${why}.`, findings);
}
