import { type ConsoleKind, mayOpenConsole } from '@ferry/model';
import type { ConsoleGrant } from '../../store/instances/console-token-store.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import type { KnownCallers } from '../identity/known-callers.ts';
import { type IssuedConsole, requestConsole } from './request-console.ts';

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
