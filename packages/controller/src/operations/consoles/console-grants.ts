import { HypervisorError } from '@ferry/hypervisor';
import { type ConsoleKind, type Instance, mayOpenConsole } from '@ferry/model';
import type { ConsoleGrant } from '../../store/instances/console-token-store.ts';
import { refusalOf } from '../engine/host-error.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import type { KnownCallers } from '../identity/known-callers.ts';

/** A token and what it opens. */
interface IssuedConsole extends ConsoleGrant {
  readonly token: string;
}

const names: Readonly<Record<ConsoleKind, string>> = { serial: 'serial console', vnc: 'VNC screen' };

/** A token for a console that is there and can be reached now; the token follows the instance when it moves. */
async function requestConsole(
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

/** Who may have a console is asked of those who know the callers. */
interface ConsoleAccess extends Pick<KnownCallers, 'callerOf'> {
  readonly services: Services;
}

/** A token for a console that is there, good as long as who asks may have it, by the token that they show; refuses where there is none or it is not reached. */
export async function grantConsole(
  { services, callerOf }: ConsoleAccess,
  instanceId: string,
  kind: ConsoleKind,
  authToken: string,
): Promise<IssuedConsole> {
  const caller = await callerOf(authToken);
  // It was good a moment ago.
  if (caller === null) throw new Refusal('unauthorized', 'The token has ended.');
  return requestConsole(services, instanceId, kind, { userId: caller.userId, authToken });
}

/** What a token opens; null for one that is not known or has ended, or whose user may not have it any more. */
export async function readGrant(access: ConsoleAccess, token: string): Promise<ConsoleGrant | null> {
  const grant = await access.services.store.consoleTokens.read(token);
  return grant !== null && (await holdsConsole(access, grant)) ? grant : null;
}

/** Whether whom it was granted to may still have it. */
export async function holdsConsole(
  { services, callerOf }: ConsoleAccess,
  { authToken, instanceId }: ConsoleGrant,
): Promise<boolean> {
  const caller = await callerOf(authToken);
  if (caller === null) return false;
  return mayOpenConsole(caller, (await services.store.profiles.of(instanceId))?.projectId ?? null);
}

/** The host of a console, and the port of its screen there; a serial console has none: libvirtd opens it. */
export async function consolePlace(
  { store, hypervisor, limits }: Services,
  { instanceId, kind }: ConsoleGrant,
): Promise<{ host: string; port: number | null }> {
  const instance = await store.instances.byId(instanceId);
  const host = instance === null ? null : await store.hosts.byId(instance.hostId);
  if (host === null) throw new Refusal('instance-not-found', `There is no instance "${instanceId}".`);
  if (kind === 'serial') return { host: host.name, port: null };
  try {
    const { vnc } = await hypervisor
      .host(host.uri)
      .consoles.ports(instanceId, { deadlineMs: limits.inspectMs });
    return { host: host.name, port: vnc?.port ?? null };
  } catch (error) {
    throw refusalOf(error);
  }
}
