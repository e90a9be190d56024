import {
  describeOrigin,
  type DomainFacts,
  type EffectivePolicy,
  effectivePolicy,
  type EncryptionFacts,
  firstProject,
  type Host,
  type Instance,
  isSmallHotSet,
  memoryNow,
  type MoveRequest,
  type PolicyKey,
  policyProblems,
  type PolicyValues,
  policyValuesOf,
  type TransferPlan,
  type TransferStrategy,
  transferStrategy,
} from '@ferry/model';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { policyNamed } from './policies.ts';

/** What is to be moved, and between which hosts. */
interface StrategySides {
  readonly instanceId: string;
  readonly domain: DomainFacts;
  readonly plan: TransferPlan;
  readonly source: Pick<Host, 'facts'>;
  readonly target: Pick<Host, 'facts'>;
  readonly encryption: EncryptionFacts | null;
}

/** What the hypervisor is told at the start of a live move, by what holds for it and what both hosts can. */
export async function strategyOf(
  { store }: Pick<Services, 'store'>,
  policy: EffectivePolicy,
  { instanceId, domain, plan, source, target, encryption }: StrategySides,
): Promise<TransferStrategy> {
  const before = await store.transfers.lastControl(instanceId);
  return transferStrategy({
    values: policyValuesOf(policy),
    downtimeFrom: policy.maxDowntimeMs.from.kind,
    memoryBytes: memoryNow(domain),
    libvirt: {
      source: source.facts?.libvirtVersion ?? null,
      target: target.facts?.libvirtVersion ?? null,
    },
    qemu: { source: source.facts?.hypervisorVersion ?? null },
    freshDisks: freshDisksOf(plan),
    encryption,
    smallHotSet: before === null ? null : isSmallHotSet(before),
  });
}

/** Disks whose files this move makes: new, and on nothing. A device may hold what was there before, an overlay shows its base. */
function freshDisksOf({ disks }: TransferPlan): string[] {
  return disks.flatMap((disk) =>
    disk.action === 'copy' && !disk.readOnly && disk.toDevice !== true && disk.backing.length === 0
      ? [disk.target]
      : [],
  );
}

/** What holds for moves of an instance; `named`: with one that a move would name. */
export async function policyOf(
  services: Services,
  instance: Instance,
  request: { readonly named: string | null; readonly said: Partial<PolicyValues> },
): Promise<EffectivePolicy> {
  const { store } = services;
  if (request.named !== null) await policyNamed(services, request.named);
  const [policies, profile] = await Promise.all([store.policies.list(), store.profiles.of(instance.id)]);
  const { projectId = firstProject.id, tags = [], metadata = {} } = profile ?? {};
  return effectivePolicy(policies, { instanceId: instance.id, projectId, tags, metadata }, request);
}

/** A request with what policies say where it says nothing itself; refused where what holds contradicts itself. */
export async function withPolicy(
  services: Services,
  instance: Instance,
  request: MoveRequest,
): Promise<{ readonly request: MoveRequest; readonly policy: EffectivePolicy }> {
  const said = Object.fromEntries(request.said.map((key) => [key, request[key]]));
  const policy = await policyOf(services, instance, { named: request.policy, said });
  // A guest that moves cold is asked to power off, and is told nothing else.
  const unheard = request.kind === 'live-migration' ? noticeProblems(services, policy) : [];
  const problems = [...problemsOf(policy), ...unheard];
  if (problems.length > 0)
    throw new Refusal(
      'policy-contradicts',
      `What holds for moves of ${instance.name} contradicts itself: ${problems.join('; ')}.`,
    );
  const { bandwidthBytesPerSecond, maxDowntimeMs, postCopy, encryption } = policyValuesOf(policy);
  return {
    request:
      request.kind === 'live-migration'
        ? { ...request, bandwidthBytesPerSecond, maxDowntimeMs, postCopy, encryption }
        : { ...request, bandwidthBytesPerSecond },
    policy,
  };
}

/** A notice that nobody could give: to move without it would break what somebody was promised. */
export function noticeProblems(
  { noticeHook = null }: Pick<Services, 'noticeHook'>,
  { notice }: EffectivePolicy,
): string[] {
  if (notice.value !== 'hook' || noticeHook !== null) return [];
  return [
    `notice is hook (${describeOrigin(notice.from)}), and this controller has none: \`ferry serve --notice-hook PROGRAM\``,
  ];
}

/** What the values contradict each other in, each with who said them. */
export function problemsOf(policy: EffectivePolicy): string[] {
  return policyProblems(policyValuesOf(policy)).map((problem) => {
    const named = (Object.keys(policy) as PolicyKey[]).filter((key) => problem.includes(key));
    return `${problem} (${named.map((key) => `${key}: ${describeOrigin(policy[key].from)}`).join(', ')})`;
  });
}
