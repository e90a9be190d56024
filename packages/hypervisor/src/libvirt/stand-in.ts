import { CreateFlag } from '@ferry/libvirt';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import type { StandIn } from '../contract/host-probes.ts';
import { requireStandIn } from '../contract/require-stand-in.ts';
import { standInXml } from '../xml/stand-in-xml.ts';
import { domainStateOf, findDomain, ifThere } from './domain-lookup.ts';
import type { HostConnection } from './host-connection.ts';

/**
 * Starts a stand-in, paused. It is transient and not bound to a connection: libvirt moves no domain that ends with one. Who
 * starts it has its id written down before, and ends it.
 */
export async function ensureStandIn(host: HostConnection, standIn: StandIn, call: Call): Promise<void> {
  if ((await findDomain(host, standIn.id, call)) !== null) return;
  await host.call('domainCreateXml', { xmlDesc: standInXml(standIn), flags: CreateFlag.paused }, call);
}

/** Ends a stand-in, also one that is being sent. */
export async function ensureNoStandIn(
  host: HostConnection,
  { id, name }: Pick<StandIn, 'id' | 'name'>,
  call: Call,
): Promise<void> {
  const dom = await findDomain(host, id, call, 'urgent');
  if (dom === null) return;
  const seen = await ifThere(domainStateOf(host, dom, call, 'urgent'));
  if (seen === null) return;
  requireStandIn(host.uri, name, { name: dom.name, state: seen.power });
  try {
    await ifThere(host.urgent('domainDestroyFlags', { dom, flags: 0 }, call));
  } catch (error) {
    // It ended by itself meanwhile.
    if (!(error instanceof HypervisorError && error.code === 'wrong-state')) throw error;
  }
}
