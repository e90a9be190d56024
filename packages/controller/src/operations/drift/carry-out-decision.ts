import { type Host, type Instance, vmStateOf } from '@ferry/model';
import type { Services } from '../engine/services.ts';
import { type DecisionJudgement, judgeDecision } from './judge-decision.ts';

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
