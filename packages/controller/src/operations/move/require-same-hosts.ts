import type { MoveContext } from './move-context.ts';
import { readHost } from '../facts/read-host.ts';
import { StepError } from '../engine/step-error.ts';

/** Before anything is done on them: at the addresses of both hosts no other machine answers by now. */
export async function requireSameHosts({ input, services, signal }: MoveContext): Promise<void> {
  const call = { signal, deadlineMs: services.limits.inspectMs };
  const hosts = await services.store.hosts.list();
  for (const id of [input.source.id, input.target.id]) {
    const host = hosts.find((one) => one.id === id);
    if (host === undefined) continue;
    const reading = await readHost(services, host, call);
    // One that is silent is met by the next call, and told by it.
    if (reading.kind === 'stranger') throw new StepError('another-host', `${host.name}: ${reading.reason}.`);
  }
}
