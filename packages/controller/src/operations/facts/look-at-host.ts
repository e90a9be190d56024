import type { Call, HypervisorHost } from '@ferry/hypervisor';
import type { Host } from '@ferry/model';
import { readHost } from './read-host.ts';
import type { Services } from '../engine/services.ts';

/** One host as it is now: its live facts and, when it answers, the way to ask more. */
export interface LookedAtHost {
  readonly host: Host;
  /** Null: it does not answer, or another machine does. */
  readonly answers: HypervisorHost | null;
}

/** A host that answers. */
export interface AnsweringHost extends LookedAtHost {
  readonly answers: HypervisorHost;
}

/** Reads a host for a check. Never rejects. */
export async function lookAtHost(services: Services, host: Host, call: Call): Promise<LookedAtHost> {
  const reading = await readHost(services, host, call);
  return { host: reading.host, answers: reading.kind === 'answers' ? reading.hypervisor : null };
}

/** The same host, where it answers. */
export function answering(looked: LookedAtHost | null): AnsweringHost | null {
  return looked === null || looked.answers === null ? null : { host: looked.host, answers: looked.answers };
}
