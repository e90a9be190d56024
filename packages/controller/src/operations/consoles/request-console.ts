import { HypervisorError } from '@ferry/hypervisor';
import type { ConsoleKind, Instance } from '@ferry/model';
import type { ConsoleGrant } from '../../store/instances/console-token-store.ts';
import { refusalOf } from '../engine/host-error.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';

/** A token and what it opens. */
export interface IssuedConsole extends ConsoleGrant {
  readonly token: string;
}

const names: Readonly<Record<ConsoleKind, string>> = { serial: 'serial console', vnc: 'VNC screen' };

/** A token for a console that is there and can be reached now; the token follows the instance when it moves. */
export async function requestConsole(
  services: Services,
  id: string,
  kind: ConsoleKind,
  by: Pick<ConsoleGrant, 'userId' | 'authToken'>,
): Promise<IssuedConsole> {
  const { store, limits } = services;
  const instance = await store.instances.byId(id);
  if (instance === null) throw new Refusal('instance-not-found', `There is no instance "${id}".`);
  await requireConsole(services, instance, kind);
  const expiresAt = new Date(Date.parse(store.now()) + limits.consoleTokenMs).toISOString();
  const grant = { instanceId: id, kind, expiresAt, ...by };
  return { ...grant, token: await store.consoleTokens.issue(grant) };
}

/** A host of the system that answers no more is told here, and not by a window that stays empty. */
async function requireConsole(
  { store, hypervisor, limits }: Services,
  instance: Instance,
  kind: ConsoleKind,
): Promise<void> {
  const host = await store.hosts.byId(instance.hostId);
  if (host === null) throw new Refusal('host-not-found', `There is no host ${instance.hostId}.`);
  const { consoles } = hypervisor.host(host.uri);
  const call = { deadlineMs: limits.inspectMs };
  const ports = await consoles.ports(instance.id, call).catch((error: unknown) => {
    if (error instanceof HypervisorError && (error.code === 'wrong-state' || error.code === 'no-domain'))
      throw new Refusal(
        'instance-state',
        `Instance ${instance.id} is not ready: ${error.message}.`,
        [],
        error,
      );
    throw refusalOf(error);
  });
  if (ports[kind] === null)
    throw new Refusal(
      'no-console',
      `The domain of instance ${instance.id} on ${host.name} has no ${names[kind]} that can be opened.`,
    );
  if (kind !== 'vnc') return;
  const tried = await consoles.openVnc(instance.id, { tls: host.screenTls }, call).catch((error: unknown) => {
    if (error instanceof HypervisorError && error.code === 'no-console')
      throw new Refusal('console-unreachable', error.message, [], error);
    throw refusalOf(error);
  });
  await tried.close();
}
