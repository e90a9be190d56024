import { type Instance, judgeKeep, type KeepObstacle } from '@ferry/model';
import type { Services } from '../engine/services.ts';
import { lookEverywhere } from '../facts/look-everywhere.ts';

/** What a decision to keep one copy meets on the hosts now. */
export type DecisionJudgement =
  | { readonly kind: 'can'; readonly endOn: readonly string[] }
  /** `wait`: it may be possible later, as it is. */
  | { readonly kind: 'cannot'; readonly wait: boolean; readonly message: string };

/** Looks at all hosts and says whether one copy can be kept and the others ended. Changes nothing. */
export async function judgeDecision(
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
