import type { Host } from '@ferry/model';
import { refusalOf } from '../../engine/host-error.ts';
import { Refusal } from '../../engine/refusal.ts';
import type { Services } from '../../engine/services.ts';
import { HostImages } from '../../facts/base-images/host-images.ts';
import { withBase } from './with-lock.ts';
import { whyKept } from './why-kept.ts';

/** Why a base image goes, and what must be so. */
export interface Removal {
  readonly why: string;
  /** Only the very file that a migration of Ferry's brought. */
  readonly brought?: boolean;
  readonly signal?: AbortSignal;
  /** The migration that asks: it does not need it itself. */
  readonly migrationId?: string;
}

/**
 * Removes a base image of a host. Refused while anything stands on it: a domain of the host, running or not, by its whole
 * chain; one of another host that sees the same file; a file; a migration. While it is looked, nobody brings it.
 */
export async function removeImage(
  services: Services,
  host: Host,
  path: string,
  removal: Removal,
): Promise<void> {
  const { store, limits } = services;
  const { signal, migrationId } = removal;
  const call = { deadlineMs: limits.inspectMs, ...(signal === undefined ? {} : { signal }) };
  const there = services.hypervisor.host(host.uri);
  const remove = async (): Promise<void> => {
    await requireBase(services, host, path, removal);
    const kept = await whyKept(services, host, path, call, migrationId === undefined ? {} : { migrationId });
    if (kept !== null) throw new Refusal('image-in-use', `${path} on ${host.name} stays: ${kept}.`);
    await store.baseImages.tellRemoval({ hostId: host.id, path }, removal.why);
    await there.storage.ensureNoImage(path, call);
    await store.baseImages.forget({ hostId: host.id, path });
  };
  try {
    await withBase(services, host.uri, path, remove, {
      holder: `the removal of it (${removal.why})`,
      ...call,
    });
  } catch (error) {
    throw refusalOf(error);
  }
}

/** Ferry removes no other file than a base image: one that others stood on when it was looked at, or that it brought. */
async function requireBase(services: Services, host: Host, path: string, removal: Removal): Promise<void> {
  const there = services.hypervisor.host(host.uri);
  const call = { deadlineMs: services.limits.inspectMs };
  const row = (await services.store.baseImages.list(host.id)).find((image) => image.path === path);
  if ((await there.storage.image(path, call)) === null) {
    if (row !== undefined) await services.store.baseImages.forget(row);
    throw new Refusal('image-not-found', `${host.name} has no image ${path}.`);
  }
  const known = await services.store.baseImages.known({
    hostId: host.id,
    path,
    ...(await there.storage.fileState(path, call)),
  });
  if (removal.brought === true) {
    if (known === null || known.brought === null)
      throw new Refusal('image-not-found', `${path} on ${host.name} is not the file that was brought.`);
    return;
  }
  if (row !== undefined) return;
  // What a guest that has moved away stood on, and left here.
  if (await wasLeft(services, host, path)) return;
  if ((await HostImages.look(there, [path], call)).bases().includes(path)) return;
  throw new Refusal('image-not-found', `${path} on ${host.name} is no base image that Ferry knows of.`);
}

/** Whether disks of a guest that has moved away from there stood on it, and it was copied to where they went. */
async function wasLeft({ store }: Services, { id }: Host, path: string): Promise<boolean> {
  const plans = await store.migrations.plansFrom(id);
  return plans.some(({ disks }) =>
    disks.some((disk) => disk.action === 'copy' && disk.backing.some((one) => one.path === path)),
  );
}
