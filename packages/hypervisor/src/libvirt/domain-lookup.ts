import type { DomainRef } from '@ferry/libvirt';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import type { DomainPower } from '../contract/host-domains.ts';
import { domainPower } from './domain-power.ts';
import type { HostConnection } from './host-connection.ts';

/** A call in its turn, or one that nothing slow is sent before. */
type Lane = 'call' | 'urgent';

/** The domain of an id; null where the host has none. */
export async function findDomain(
  connection: HostConnection,
  id: string,
  call: Call,
  lane: Lane = 'call',
): Promise<DomainRef | null> {
  return (await ifThere(connection[lane]('domainLookupByUuid', { uuid: id }, call)))?.dom ?? null;
}

/** What a domain does now, and why. */
export async function domainStateOf(
  connection: HostConnection,
  dom: DomainRef,
  call: Call,
  lane: Lane = 'call',
): Promise<DomainPower> {
  const { state, reason } = await connection[lane]('domainGetState', { dom, flags: 0 }, call);
  return domainPower(state, reason);
}

/** A domain that is not there (any more) is null, not an error. */
export async function ifThere<T>(question: Promise<T>): Promise<T | null> {
  try {
    return await question;
  } catch (error) {
    if (error instanceof HypervisorError && error.code === 'no-domain') return null;
    throw error;
  }
}

/** Ends a domain as a power cut does; content where it has ended or is gone already, by itself or by somebody at the same moment. */
export async function endDomain(
  connection: HostConnection,
  dom: DomainRef,
  call: Call,
  lane: Lane = 'call',
): Promise<void> {
  await ifThere(connection[lane]('domainDestroyFlags', { dom, flags: 0 }, call)).catch(
    async (error: unknown) => {
      const now = await ifThere(domainStateOf(connection, dom, call, lane));
      if (now !== null && now.power !== 'shutoff') throw error;
    },
  );
}

/** The answer to take when libvirt says that the question does not apply. */
export function refusedAs<T>(answer: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof HypervisorError && (error.code === 'wrong-state' || error.code === 'refused'))
      return answer;
    throw error;
  };
}
