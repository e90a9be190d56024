import type { ImageBody } from '@ferry/api';
import type { Host } from '@ferry/model';
import { refusalOf } from '../../engine/host-error.ts';
import { Refusal } from '../../engine/refusal.ts';
import type { Services } from '../../engine/services.ts';
import { HostImages } from '../../facts/base-images/host-images.ts';
import { removeImage } from './remove-image.ts';

/** The base images of a host: those that anything there stands on, and those that Ferry knows of. */
async function listImages(services: Services, host: Host): Promise<ImageBody[]> {
  const call = { deadlineMs: services.limits.inspectMs };
  const known = await services.store.baseImages.list(host.id);
  try {
    const paths = known.map(({ path }) => path);
    const images = await HostImages.look(services.hypervisor.host(host.uri), paths, call);
    const all = [...new Set([...images.bases(), ...paths])].toSorted();
    const bodies = await Promise.all(all.map((path) => bodyOf(services, host, images, path)));
    return bodies.filter((body) => body !== null);
  } catch (error) {
    throw refusalOf(error);
  }
}

/** Null: Ferry knew of it, and it is gone; or it is no image of a disk, and was only compared: a kernel, a ROM. */
async function bodyOf(
  { store }: Services,
  host: Host,
  images: HostImages,
  path: string,
): Promise<ImageBody | null> {
  const found = images.image(path);
  if (found === null) return null;
  const known = await store.baseImages.known({ hostId: host.id, path, ...found.state });
  const { format, capacityBytes, allocationBytes } = found.image;
  const users = images.users(path);
  if (format === 'raw' && users.length === 0 && (known?.brought ?? null) === null) return null;
  return {
    host: host.name,
    path,
    format,
    capacityBytes,
    allocationBytes,
    lengthBytes: found.state.lengthBytes,
    digest: known?.digest ?? null,
    brought: known?.brought ?? null,
    users,
    overlays: images.overlays(path),
  };
}

/** The base images of a host by its name. */
export async function imagesOf(services: Services, name: string): Promise<ImageBody[]> {
  return listImages(services, await findHost(services, name));
}

/** Removes one, on an operator's word; answers with what it was. */
export async function removeImageOf(services: Services, name: string, path: string): Promise<ImageBody> {
  const host = await findHost(services, name);
  const image = (await listImages(services, host)).find((one) => one.path === path);
  if (image === undefined)
    throw new Refusal('image-not-found', `${path} on ${host.name} is no base image that Ferry knows of.`);
  await removeImage(services, host, path, { why: 'an operator said so' });
  return image;
}

async function findHost({ store }: Services, name: string): Promise<Host> {
  const host = await store.hosts.byNameOrId(name);
  if (host === null) throw new Refusal('host-not-found', `There is no host "${name}".`);
  return host;
}
