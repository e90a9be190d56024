import type { CheckReportBody, MoveBody } from '@ferry/api';
import { flavorSnapshot, migrationActions, type MoveRequest } from '@ferry/model';
import type { Controls } from './http/controls.ts';
import type { IdentityControls } from './identity-controls.ts';
import { abortMigration } from './operations/abort-migration.ts';
import { addHost, hostBody, showHost } from './operations/add-host.ts';
import { setHost } from './operations/set-host.ts';
import { imagesOf, removeImageOf } from './image-controls.ts';
import { createControls } from './create-controls.ts';
import {
  hostNames,
  instanceBody,
  instanceWithActions,
  listControls,
  migrationBody,
} from './list-controls.ts';
import { libraryControls } from './library-controls.ts';
import { submitDecision } from './operations/cold-migrate/held/submit-decision.ts';
import { adoptInstance } from './operations/adopt-instance.ts';
import { submitEvacuation } from './operations/evacuate/submit-evacuation.ts';
import { fenceHost } from './operations/fence-host.ts';
import { forgetInstance } from './operations/forget-instance.ts';
import { removeHost } from './operations/remove-host.ts';
import { keepCopy } from './operations/drift/keep-copy.ts';
import type { OperationRunner } from './operations/operation-runner.ts';
import { findInstance } from './operations/shared/find-instance.ts';
import { Refusal } from './operations/shared/refusal.ts';
import type { Services } from './operations/shared/services.ts';
import { securityGroupControls } from './security-group-controls.ts';
import { flavorControls } from './flavor-controls.ts';
import { flavorNamed } from './operations/flavors/flavors.ts';
import { stepsOf } from './operations/shared/steps-of.ts';
import { moveRequest } from './operations/shared/move-request.ts';
import { changeTransfer, endTransfer } from './operations/in-flight/change-transfer.ts';
import { readRecorded } from './operations/in-flight/read-recorded.ts';
import { policyControls } from './policy-controls.ts';
import { volumeControls } from './volume-controls.ts';
import { resizeControls } from './resize-controls.ts';
import { novaControls } from './nova-controls.ts';
import { checkMove, type CheckReport, submitMove } from './operations/submit-move.ts';

/** Joins the API's pages to operations and readings. */
export function controlsOf(
  services: Services,
  runner: OperationRunner,
  about: { version: string; startedAt: string },
  identity: IdentityControls,
): Controls {
  const { store } = services;
  return {
    ...securityGroupControls(services),
    ...listControls(services, (name) => projectId(services, identity, name)),
    ...createControls(services),
    library: libraryControls(services),
    ownFlavors: flavorControls(services),
    policies: policyControls(services, (name) => projectId(services, identity, name)),
    volumes: volumeControls(services, runner, (name) => projectId(services, identity, name)),
    ...novaControls(services, runner, identity),
    ...resizeControls(services, runner),
    ...identity,
    audit: (record) => store.audit.record(record),
    auditLog: (query) => store.audit.page(query),
    health: async () => {
      const hosts = await store.hosts.list();
      const hostsUp = hosts.filter((host) => host.service.state === 'up').length;
      return {
        status: 'ok',
        ...about,
        runningOperations: runner.runningCount,
        hostsUp,
        hostsDown: hosts.length - hostsUp,
      };
    },
    showHost: (name) => showHost(services, name),
    addHost: (body) => addHost(services, body),
    fence: async (name, { poweredOff = false }) => hostBody(await fenceHost(services, name, { poweredOff })),
    setHost: async (name, body) => hostBody(await setHost(services, name, body)),
    forgetHost: async (name) => hostBody(await removeHost(services, name)),
    images: (name) => imagesOf(services, name),
    removeImage: (name, path) => removeImageOf(services, name, path),
    instance: async (name) => instanceWithActions(services, await findInstance(store, name)),
    adopt: async (body) => instanceBody(await adoptInstance(services, body), await hostNames(store)),
    forget: async (name) => instanceBody(await forgetInstance(services, name), await hostNames(store)),
    keep: async (name, body) => instanceBody(await keepCopy(services, name, body), await hostNames(store)),
    check: async (role, name, move) =>
      reportBody(await checkMove(services, role, name, await requestOf(services, move))),
    move: async (role, name, move) => {
      const migration = await submitMove(services, role, name, await requestOf(services, move));
      runner.start(migration.id);
      return migrationBody(migration);
    },
    evacuate: async (role, name, { host = null, sharedPaths = [], accept = [], leaveOff = false }) => {
      const request = { host, sharedPaths, accept, leaveOff };
      const migration = await submitEvacuation(services, role, name, request);
      runner.start(migration.id);
      return migrationBody(migration);
    },
    migration: async (id) => {
      const found = await store.migrations.byId(id);
      if (found === null) throw new Refusal('migration-not-found', `There is no migration "${id}".`);
      return { ...migrationBody(found), actions: migrationActions(found, await stepsOf(services, id)) };
    },
    abort: async (id) => migrationBody(await abortMigration(services, id)),
    changeTransfer: async (id, change) => migrationBody(await changeTransfer(services, id, change)),
    endTransfer: async (id, end) =>
      migrationBody(await endTransfer(services, id, end === 'force-complete' ? 'force' : end)),
    recording: (id) => readRecorded(services, id),
    decide: async (id, decision) => {
      const { migration, operationId } = await submitDecision(services, id, decision);
      runner.start(operationId);
      return migrationBody(migration);
    },
    events: (after, filter, signal) => store.events.follow(after, signal, filter),
  };
}

/** A project by its name or id. Of projects that only a Keystone knows an id is taken as it is. */
async function projectId({ store }: Services, { identity }: IdentityControls, name: string): Promise<string> {
  const found = (await store.projects.byName(name)) ?? (await store.projects.byId(name));
  if (found !== null) return found.id;
  if (identity.kind === 'keystone') return name;
  throw new Refusal('project-not-found', `There is no project "${name}".`);
}

async function requestOf(services: Services, move: MoveBody): Promise<MoveRequest> {
  const { flavor = null } = move;
  return moveRequest(move, flavor === null ? null : flavorSnapshot(await flavorNamed(services, flavor)));
}

function reportBody(report: CheckReport): CheckReportBody {
  const { input, choice } = report.inspection;
  return {
    possible: report.verdict === 'possible',
    verdict: report.verdict,
    instance: report.instance.name,
    sourceHost: input.source.name,
    targetHost: input.target?.name ?? null,
    choice,
    plan: input.plan as CheckReportBody['plan'],
    findings: report.findings as CheckReportBody['findings'],
  };
}
