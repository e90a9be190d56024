import { type MoveContext, setPhase } from '../../context/move-context.ts';
import type { Services } from '../../engine/services.ts';

/** One at a time brings a base image to a host or takes it away; who waits says for whom. */
export function withLock<T>(
  context: MoveContext,
  path: string,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  const { input, services } = context;
  return withBase(services, input.target.uri, path, work, {
    signal,
    holder: `migration ${input.migrationId} (${input.instanceName})`,
    onWait: (holder) =>
      setPhase(context, `wait for base image ${path}: ${holder} is at it on ${input.target.name}`),
  });
}

/** The same for whoever is no migration. */
export function withBase<T>(
  services: Services,
  uri: string,
  path: string,
  work: () => Promise<T>,
  turn: Parameters<Services['imageLocks']['with']>[2] = {},
): Promise<T> {
  return services.imageLocks.with(`${uri} ${path}`, work, turn);
}
