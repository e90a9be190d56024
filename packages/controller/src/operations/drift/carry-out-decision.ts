import type { KeepInstanceBody } from '@ferry/api';
import { busyWith, type Host, type Instance, judgeKeep, type KeepObstacle, vmStateOf } from '@ferry/model';
import { findInstance } from '../engine/find-instance.ts';
import { refusalOf } from '../engine/host-error.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { lookEverywhere } from '../facts/look-everywhere.ts';

/** What a decision to keep one copy meets on the hosts now. */
type DecisionJudgement =
  | { readonly kind: 'can'; readonly endOn: readonly string[] }
  /** `wait`: it may be possible later, as it is. */
  | { readonly kind: 'cannot'; readonly wait: boolean; readonly message: string };

/** Looks at all hosts and says whether one copy can be kept and the others ended. Changes nothing. */
async function judgeDecision(
  services: Services,
  instance: Instance,
  keepHostId: string,
): Promise<DecisionJudgement> {
  const all = await lookEverywhere(services, instance.id);
  const had = (await services.store.instances.hostsThatHad([instance.id])).get(instance.id);
  const mayHave = new Set([...(had ?? []), ...(instance.fault?.hostIds ?? []), keepHostId]);
  // What other hosts have under its uuid is none of its copies, and is neither ended nor in the way.
  const shown = new Map([...all].filter(([id]) => mayHave.has(id)));
  const judgement = judgeKeep(keepHostId, { hostIds: instance.fault?.hostIds ?? [] }, shown);
  if (judgement.kind === 'can') return judgement;
  const host = (await services.store.hosts.byId(judgement.hostId))?.name ?? judgement.hostId;
  const found = shown.get(judgement.hostId);
  const state = found?.kind === 'present' ? `${found.state} (${found.reason})` : (found?.kind ?? 'unknown');
  const message = `${obstacles[judgement.because](host, instance)} ${host} shows: ${state}.`;
  return { kind: 'cannot', wait: judgement.wait, message };
}

const obstacles: Record<KeepObstacle, (host: string, instance: Instance) => string> = {
  'no-answer': (host) =>
    `${host} does not answer: what it has cannot be seen nor ended. Bring its libvirtd back.`,
  'no-copy': (host) => `${host} holds no copy that could go on.`,
  job: (host) => `libvirt is at something with the copy on ${host}: wait for its end (virsh domjobinfo).`,
  runs: (host, { id }) =>
    `The copy on ${host} runs, and Ferry ends none that runs. If it is the wrong one, let it stand still first: on ${host}, virsh suspend ${id}.`,
  unclear: (host) => `The copy on ${host} is in a state in which it can neither go on nor be ended safely.`,
};

/**
 * Does what a person has decided: ends the copies that stand paused, lets the chosen one run, and writes down where it is.
 * Each part is content when it is done already, so that it is done again after a crash until it is all done. Looks
 * first; a copy that runs is never ended, and no disk is touched.
 */
export async function carryOutDecision(
  services: Services,
  instance: Instance,
  keepHostId: string,
): Promise<DecisionJudgement> {
  const judgement = await judgeDecision(services, instance, keepHostId);
  if (judgement.kind === 'cannot') return judgement;
  const hosts = await services.store.hosts.list();
  const domainsOf = (id: string) => {
    const host = hosts.find((one) => one.id === id);
    if (host === undefined) throw new Error(`host ${id} is not in the store`);
    return { name: host.name, domains: services.hypervisor.host(host.uri).domains };
  };
  const call = { deadlineMs: services.limits.inspectMs };
  for (const id of judgement.endOn) await domainsOf(id).domains.ensureStaleCopyRemoved(instance.id, call);
  const kept = domainsOf(keepHostId);
  await kept.domains.ensureResumed(instance.id, call);
  const seen = { hostId: keepHostId, powerState: 'running', vmState: vmStateOf('running') } as const;
  const ended = judgement.endOn.map((id) => domainsOf(id).name).join(' and ');
  const message = `the copy on ${kept.name} goes on${ended === '' ? '' : `, the one on ${ended} was ended`}`;
  await services.store.instances.settle(instance, seen, message);
  return judgement;
}

/**
 * Has a domain stand still on several hosts at the same time: each moment in which two copies run takes them further
 * apart. A host that does not do it holds up no other; it is asked again at the next look that finds two running.
 */
export async function pauseRunners(services: Services, hosts: readonly Host[], id: string): Promise<void> {
  const call = { deadlineMs: services.limits.inspectMs };
  await Promise.all(
    hosts.map(async (host) => {
      try {
        await services.hypervisor.host(host.uri).domains.ensurePaused(id, call);
      } catch (error) {
        services.log.error(
          { err: error, host: host.name, instance: id },
          'a second copy could not be paused',
        );
      }
    }),
  );
}

/**
 * Takes a person's decision which copy of an instance is to go on. It is written down before anything is ended, and
 * carried out by whichever controller is there. Doing it twice changes nothing.
 */
export async function keepCopy(services: Services, name: string, body: KeepInstanceBody): Promise<Instance> {
  const { instances, hosts } = services.store;
  const instance = await findInstance(services.store, name);
  const host = await hosts.byNameOrId(body.host);
  if (host === null) throw new Refusal('host-not-found', `There is no host "${body.host}".`);
  if (instance.operationId !== null)
    throw new Refusal('instance-busy', `${instance.name} is busy with ${busyWith(instance)}.`);
  const { fault } = instance;
  if (fault?.kind !== 'two-copies') {
    if (fault === null && instance.hostId === host.id) return instance;
    const at = (await hosts.byId(instance.hostId))?.name ?? instance.hostId;
    const why = fault === null ? 'nothing is wrong with it' : fault.message;
    throw new Refusal(
      'nothing-to-keep',
      `${instance.name} belongs to ${at}, and there are no two copies of it to choose from: ${why}.`,
    );
  }
  try {
    requirePossible(instance, await judgeDecision(services, instance, host.id));
    const decided = { ...fault, keep: host.id };
    const { powerState, vmState } = instance;
    const message = `the copy on ${host.name} is to go on`;
    if (!(await instances.saw(instance, { powerState, vmState, fault: decided }, message)))
      throw new Refusal('instance-busy', `${instance.name} changed meanwhile; look at it and ask again.`);
    requirePossible(instance, await carryOutDecision(services, { ...instance, fault: decided }, host.id));
  } catch (error) {
    throw refusalOf(error);
  }
  return (await instances.byId(instance.id)) ?? instance;
}

function requirePossible(instance: Instance, judgement: DecisionJudgement): void {
  if (judgement.kind === 'can') return;
  throw new Refusal('keep-not-possible', `${instance.name} is left as it is. ${judgement.message}`);
}
