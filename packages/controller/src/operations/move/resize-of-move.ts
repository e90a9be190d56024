import {
  type DomainFacts,
  type Instance,
  type InstanceProfile,
  type MoveRequest,
  planResize,
  type Resize,
} from '@ferry/model';
import type { ResizeQuota } from '../../store/migrations/begin-migration.ts';
import { quotasOf, whyOverQuota } from '../engine/quotas.ts';
import type { Services } from '../engine/services.ts';

const mebibyte = 1024 ** 2;

/** How a move changes the size of its instance; null: it does not. */
export function resizeOf(
  { resizeTo }: MoveRequest,
  { memoryBytes, vcpus }: Instance,
  domain: DomainFacts,
  profile: InstanceProfile | null,
): Resize | null {
  if (resizeTo === null) return null;
  return planResize(domain, { memoryBytes, vcpus, flavor: profile?.flavor ?? null }, resizeTo).resize;
}

/** What a larger size is held to: the processors and the memory that its project may have. A smaller one is not held to anything. */
export async function quotaOfResize(
  services: Services,
  profile: InstanceProfile | null,
  resize: Pick<Resize, 'from' | 'to'> | null,
): Promise<ResizeQuota | undefined> {
  if (resize === null || profile === null) return undefined;
  const { projectId } = profile;
  const { from, to } = resize;
  const more = {
    cores: Math.max(0, to.vcpus - from.vcpus),
    ram: Math.ceil(Math.max(0, to.memoryBytes - from.memoryBytes) / mebibyte),
  };
  const quotas = await quotasOf(services, projectId);
  return {
    projectId,
    whyNotMore: ({ vcpus, memoryBytes }) =>
      whyOverQuota(quotas, { cores: vcpus, ram: Math.ceil(memoryBytes / mebibyte) }, more),
  };
}
