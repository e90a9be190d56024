import type { ImageBody } from '@ferry/api';
import type { Host } from '@ferry/model';
import { listImages } from './list-images.ts';
import { removeImage } from './remove-image.ts';
import { Refusal } from '../../engine/refusal.ts';
import type { Services } from '../../engine/services.ts';

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
