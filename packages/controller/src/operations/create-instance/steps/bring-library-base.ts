import { imageDigest } from '../../facts/base-images/image-digest.ts';
import { withBase } from '../../files/base-images/with-lock.ts';
import { whyKept } from '../../files/base-images/why-kept.ts';
import { StepError } from '../../engine/step-error.ts';
import { type CreateContext, hostOf, throwIfUnwanted } from '../create-context.ts';

/**
 * Sees that the host has the image of the library: it is there from an earlier time, or it is brought now and read back.
 * Its name says what must be in it. Who finds something else there has found half a file of somebody who broke off.
 */
export async function bringLibraryBase(context: CreateContext): Promise<void> {
  await throwIfUnwanted(context);
  await alone(context, async () => {
    const { storage } = hostOf(context);
    const { path } = context.input.base;
    const wanted = await wantedDigest(context);
    if ((await storage.image(path, { signal: context.signal })) !== null) {
      if ((await foundDigest(context)) === wanted) return;
      await removeHalf(context);
    }
    await write(context);
    const found = await foundDigest(context);
    if (found !== wanted)
      throw new StepError(
        'copy-differs',
        `${path} on ${context.input.host.name} was read back otherwise than it was sent: its digest is ${found}, that of the library is ${wanted}.`,
      );
    const state = await storage.fileState(path, { signal: context.signal });
    const file = { hostId: context.input.host.id, path, ...state };
    await context.services.store.baseImages.keepBrought(file, found, context.operationId);
  });
}

/** Takes it away again, unless something stands on it or is about to. */
export async function releaseLibraryBase(context: CreateContext): Promise<void> {
  await alone(context, async () => {
    const { services, input, signal } = context;
    const { storage } = hostOf(context);
    const { path } = input.base;
    const of = { hostId: input.host.id, path };
    if ((await storage.image(path, { signal })) === null) return services.store.baseImages.forget(of);
    const kept = await whyNotRemoved(context, {});
    if (kept !== null) {
      services.log.info({ instance: input.instanceId, path, kept }, 'a base image stays');
      return;
    }
    await services.store.baseImages.tellRemoval(of, `the creation of ${input.instanceName} is taken back`);
    await storage.ensureNoImage(path, { signal });
    await services.store.baseImages.forget(of);
  });
}

/** One at a time among all hosts: several may have one directory. */
function alone<T>(context: CreateContext, work: () => Promise<T>): Promise<T> {
  const { services, input, signal } = context;
  const turn = { signal, holder: `the creation of ${input.instanceName}` };
  return services.imageLocks.with(
    `library base ${input.base.path}`,
    () => withBase(services, input.host.uri, input.base.path, work, turn),
    turn,
  );
}

async function wantedDigest({ services, input }: CreateContext): Promise<string> {
  const image = await services.store.library.byId(input.base.imageId);
  return image?.content?.digest ?? services.library.digest(input.base.sha256);
}

function foundDigest(context: CreateContext): Promise<string> {
  const { services, input, signal } = context;
  const site = { hostId: input.host.id, host: hostOf(context) };
  return imageDigest(services, site, input.base.path, signal);
}

async function write(context: CreateContext): Promise<void> {
  const { services, input, signal } = context;
  const { sha256, lengthBytes, path } = input.base;
  if (!(await services.library.has(sha256, lengthBytes)))
    throw new StepError(
      'image-missing',
      `The bytes of image ${input.base.imageId} are not at ${services.library.pathOf(sha256)}.`,
    );
  const { storage } = hostOf(context);
  await storage.makeFile({ path, lengthBytes, owner: input.owner }, { signal });
  const piece = { offsetBytes: 0, lengthBytes };
  await storage.writeImage(path, piece, services.library.chunks(sha256), { signal });
}

/** Nobody stands on half a file; where somebody does, it is none, and it is not touched. */
async function removeHalf(context: CreateContext): Promise<void> {
  const { input, signal } = context;
  const kept = await whyNotRemoved(context, { creations: 'do-not-count' });
  if (kept !== null)
    throw new StepError(
      'path-taken',
      `${input.base.path} on ${input.host.name} is not the image that its name says, and ${kept}.`,
    );
  await hostOf(context).storage.ensureNoImage(input.base.path, { signal });
}

async function whyNotRemoved(
  { services, input, signal }: CreateContext,
  aside: { readonly creations?: 'do-not-count' },
): Promise<string | null> {
  const host = await services.store.hosts.byId(input.host.id);
  if (host === null) throw new Error(`host ${input.host.id} of ${input.instanceId} is not in the store`);
  const call = { signal, deadlineMs: services.limits.inspectMs };
  return whyKept(services, host, input.base.path, call, { ...aside, instanceId: input.instanceId });
}
