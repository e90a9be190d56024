import { type Call, type HypervisorHost, Look } from '@ferry/hypervisor';
import {
  type CheckInput,
  encryptionFacts,
  type Instance,
  type MoveRequest,
  namedFiles,
  networkSettings,
  type Role,
} from '@ferry/model';
import { askHost } from './ask-host.ts';
import { compareHosts } from './compare-hosts.ts';
import { lookAtElements } from './elements/look-at-elements.ts';
import { groupOfInstance } from './group-of-instance.ts';
import { inspectNetworks } from './inspect-networks.ts';
import { answering, lookAtHost } from './look-at-host.ts';
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
    lookAtHost(services, owner, call),
    elsewhere === null ? null : lookAtHost(services, elsewhere, call),
  ]);
  const domain = await askHost(services, source.answers?.domains.domain(instance.id, call));
  const elements = await lookAtElements(services, { request, source, target, domain: domain.value }, call);
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
    compareHosts(services, request, instance, {
      source: answering(source),
      target: answering(target),
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
  const { value, problem } = await askHost(services, host.firewall.filters(call));
  const inForce = await askHost(services, host.firewall.inForce(call));
  if (problem !== null || inForce.problem !== null) return null;
  return value === null ? 'cannot-filter' : inForce.value === false ? 'not-in-force' : value;
}
