import type { Call, HypervisorHost } from '@ferry/hypervisor';
import type { CheckInput, Instance } from '@ferry/model';
import { askHost } from './ask-host.ts';
import type { Services } from '../engine/services.ts';

/** What the target has under the guest's uuid, or under the hypervisor's name of it, which a renamed instance keeps. */
export async function findConflict(
  services: Pick<Services, 'log'>,
  target: HypervisorHost,
  guest: Pick<Instance, 'id' | 'name'>,
  call: Call,
): Promise<CheckInput['conflict']> {
  const { value, problem } = await askHost(services, lookFor(target, guest, call));
  return problem === null ? value : 'unknown';
}

async function lookFor(
  target: HypervisorHost,
  { id, name }: Pick<Instance, 'id' | 'name'>,
  call: Call,
): Promise<CheckInput['conflict']> {
  const byUuid = await target.domains.observe(id, call);
  if (byUuid.kind === 'present') return { by: 'uuid', name, state: byUuid.state };
  const other = await target.domains.idOf(name, call);
  if (other === null) return null;
  const byName = await target.domains.observe(other, call);
  return { by: 'name', name, state: byName.kind === 'present' ? byName.state : byName.kind };
}
