import {
  claimants,
  drift,
  type Drift,
  faultOf,
  type Instance,
  type InstanceFault,
  isSameFault,
  type PowerState,
  type Sighting,
  type VmState,
  vmStateOf,
  vmStateSeen,
} from '@ferry/model';
import { observeOn } from '../operations/facts/look-everywhere.ts';
import { carryOutDecision, pauseRunners } from '../operations/drift/carry-out-decision.ts';
import type { Services } from '../operations/engine/services.ts';
import { firstLookAt, type HostLook } from './first-looks.ts';

/** What counts also where a migration that was taken back has left something that is still to be cleared away. */
export const tellsAnyway: ReadonlySet<Drift['kind']> = new Set([
  'as-recorded',
  'claimed',
  'unreachable',
  'two-runners',
]);

/** One instance in a round. */
interface Case {
  readonly services: Services;
  readonly instance: Instance;
  readonly hadIt: ReadonlySet<string>;
  readonly looks: readonly HostLook[];
}

/**
 * Has the record of one instance follow what hosts show, or says what is wrong. A first look that finds what is known
 * already is enough; everything else is looked at again, and done only when both looks find the same.
 */
export async function reconcileDrift(
  services: Services,
  instance: Instance,
  hadIt: ReadonlySet<string>,
  looks: readonly HostLook[],
  first: Drift,
): Promise<void> {
  const keep = instance.fault?.keep ?? null;
  if (keep !== null && first.kind !== 'two-runners') return drive(services, instance, keep);
  if (first.kind === 'wait' || (first.kind !== 'two-runners' && isHalfSeen(instance, looks))) return;
  const one: Case = { services, instance, hadIt, looks };
  const shown = firstLookAt(instance.id, looks);
  // Silence is no matter of two looks: the host has had its time to answer.
  if (isKnown(one, first, shown) || first.kind === 'unreachable') {
    await write(one, first, shown);
    return;
  }
  const second = await secondLook(one);
  const found = drift(instance, second, hadIt);
  if (isSameFinding(first, found)) await act(one, found, second);
}

async function act(one: Case, found: Drift, shown: ReadonlyMap<string, Sighting>): Promise<void> {
  const { services, instance, looks } = one;
  const into = found.kind === 'moved' ? looks.find(({ host }) => host.id === found.hostId) : undefined;
  // A host in maintenance takes no instance, whoever brings it: that is told, and the record stays.
  if (found.kind === 'moved' && into !== undefined && into.host.maintenance !== null) {
    await write(one, { kind: 'not-taken', hostId: found.hostId }, shown);
    return;
  }
  if (found.kind === 'moved') return adopt(one, found);
  // Written down first: whoever comes after a crash between the two knows what was found, and no move begins meanwhile.
  const written = await write(one, found, shown);
  const running = runnersOf(found);
  if (!written || running.length === 0) return;
  const runners = looks.map(({ host }) => host).filter(({ id }) => running.includes(id));
  services.log.error({ instance: instance.name, hosts: runners.map(({ name }) => name) }, 'it runs twice');
  await pauseRunners(services, runners, instance.id);
}

/**
 * Those that are to stand still. Of a guest that hosts claim which never had it they are the claimants alone: they may write
 * to its disks, and what runs there under its uuid is nobody's that is known.
 */
function runnersOf(found: Drift): readonly string[] {
  if (found.kind === 'two-runners') return found.hostIds;
  return found.kind === 'claimed' ? found.runners : [];
}

/** Somebody else's tool has moved it. A move of Ferry's that begins at the same time wins: nothing is written then. */
async function adopt(
  { services, instance, looks }: Case,
  { hostId, guest }: Extract<Drift, { kind: 'moved' }>,
): Promise<void> {
  const nameOf = (id: string): string => looks.find(({ host }) => host.id === id)?.host.name ?? id;
  const powers = { runs: 'running', paused: 'paused', off: 'shutoff' } as const;
  const powerState = powers[guest];
  const message = `moved by hand from ${nameOf(instance.hostId)} to ${nameOf(hostId)}: power ${powerState}`;
  const seen = { hostId, powerState, vmState: vmStateOf(powerState), notWhileOwed: true };
  if (await services.store.instances.settle(instance, seen, message))
    services.log.info({ instance: instance.name, host: nameOf(hostId) }, message);
}

/** Two copies stay two copies while a host that had one is silent: the other alone tells nothing new. */
function isHalfSeen({ fault }: Instance, looks: readonly HostLook[]): boolean {
  if (fault?.kind !== 'two-copies') return false;
  return looks.some(({ host, powers }) => powers === null && fault.hostIds.includes(host.id));
}

/** Whether the record and its fault say this already. */
function isKnown(one: Case, found: Drift, shown: ReadonlyMap<string, Sighting>): boolean {
  if (found.kind === 'moved' || runnersOf(found).length > 0) return false;
  return isSameFault(one.instance.fault, faultIn(one, found, shown));
}

function faultIn(
  { instance, hadIt, looks }: Case,
  found: Drift,
  shown: ReadonlyMap<string, Sighting>,
): InstanceFault | null {
  const claiming = claimants(instance.hostId, shown, hadIt);
  return faultOf(found, { instance, shown, hostNames: namesOf(looks), claimants: claiming });
}

/** Writes power and fault down; false when the instance has changed meanwhile. */
function write(one: Case, found: Drift, shown: ReadonlyMap<string, Sighting>): Promise<boolean> {
  const { services, instance, looks } = one;
  const unlike = faultIn(one, found, shown);
  const fresh = unlike === null ? null : { ...unlike, since: new Date().toISOString() };
  const known = instance.fault;
  // What was found first stays: two that were paused show no more how they ran. What was decided is for those two alone.
  const fault = known !== null && isSameFault(known, fresh) ? { ...known, keep: null } : fresh;
  const seen = {
    ...powerOf(instance, looks, found, fault),
    fault,
    notWhileOwed: !tellsAnyway.has(found.kind),
  };
  return services.store.instances.saw(instance, seen);
}

function powerOf(
  instance: Instance,
  looks: readonly HostLook[],
  found: Drift,
  fault: InstanceFault | null,
): { powerState: PowerState; vmState: VmState } {
  if (found.kind === 'vanished') return { powerState: 'unknown', vmState: 'error' };
  const itsHost = looks.find(({ host }) => host.id === instance.hostId);
  const powerState = itsHost?.powers?.get(instance.id)?.power ?? instance.powerState;
  if (found.kind === 'unreachable') return { powerState, vmState: instance.vmState };
  const inQuestion = fault?.kind === 'ambiguous' || fault?.kind === 'two-copies';
  return { powerState, vmState: inQuestion ? 'error' : vmStateSeen(instance, powerState) };
}

/** All hosts that answer once more, after the first look has ended. Those that were silent count as silent. */
async function secondLook({ services, instance, looks }: Case): Promise<Map<string, Sighting>> {
  const answering = looks.filter(({ powers }) => powers !== null).map(({ host }) => host);
  const fresh = await observeOn(services, answering, instance.id);
  return new Map([...firstLookAt(instance.id, looks), ...fresh]);
}

function isSameFinding(first: Drift, second: Drift): boolean {
  return JSON.stringify(placesOf(first)) === JSON.stringify(placesOf(second));
}

function placesOf(found: Drift): unknown {
  if (found.kind === 'moved') return [found.kind, found.hostId];
  if (found.kind === 'ambiguous') return [found.kind, found.because];
  return 'hostIds' in found ? [found.kind, ...found.hostIds] : [found.kind];
}

function namesOf(looks: readonly HostLook[]): Map<string, string> {
  return new Map(looks.map(({ host }) => [host.id, host.name]));
}

/**
 * Carries on a person's decision that a crash or a silent host has cut short. One that hosts no longer allow is forgotten
 * and told: the person is asked anew.
 */
async function drive(services: Services, instance: Instance, keepHostId: string): Promise<void> {
  const judgement = await carryOutDecision(services, instance, keepHostId);
  if (judgement.kind === 'can' || judgement.wait || instance.fault === null) return;
  const { powerState, vmState, fault } = instance;
  const message = `the copy cannot be kept as was decided: ${judgement.message}`;
  await services.store.instances.saw(
    instance,
    { powerState, vmState, fault: { ...fault, keep: null } },
    message,
  );
}
