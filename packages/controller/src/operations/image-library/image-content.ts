import type { Readable } from 'node:stream';
import { type Caller, type ImageContent, type LibraryImage, readDiskHeader } from '@ferry/model';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { type ReceivedImage, LibraryFull } from './image-files.ts';
import { findLibraryImage, requireMayChange } from './library-images.ts';

/**
 * Gives an image its bytes. They are hashed and looked at as they come; when they end early, name a file of a host or find
 * no room, nothing of them is left and the image waits for others.
 */
export async function uploadImage(
  services: Services,
  caller: Caller,
  id: string,
  bytes: Readable,
  expectedBytes: number,
): Promise<void> {
  const busy = new AbortController();
  const upload = async (): Promise<void> => {
    requireMayChange(await findLibraryImage(services, caller, id), caller);
    await takeBytes(services, id, bytes, expectedBytes);
  };
  // One uploader at a time. One that is gone has left the image "saving", and the lock free.
  await services.imageLocks
    .with(`upload ${id}`, upload, {
      holder: `an upload to image ${id}`,
      signal: busy.signal,
      onWait: () => {
        busy.abort(new Refusal('library-image-busy', `Image ${id} is being uploaded already.`));
        return Promise.resolve();
      },
    })
    .finally(() => {
      // The sender reads the answer when it has sent all: what is not taken is read and dropped.
      bytes.on('error', () => undefined).resume();
    });
}

async function takeBytes(
  services: Services,
  id: string,
  bytes: Readable,
  expectedBytes: number,
): Promise<void> {
  const image = await setStatus(services, id, 'saving');
  try {
    await services.library.take(
      bytes.iterator({ destroyOnReturn: false }),
      expectedBytes,
      async (come, publish) => {
        const content = contentOf(image, come);
        await withContent(services, content.sha256, async () => {
          await publish();
          const kept = await services.store.library.change(id, (now) =>
            now.status === 'saving' ? { ...now, status: 'active', content } : null,
          );
          if (kept.changed) return;
          if (!(await services.store.library.hasContent(content.sha256)))
            await services.library.remove(content.sha256);
          throw new Refusal('library-image-not-found', `Image ${id} was deleted while its bytes came.`);
        });
      },
    );
  } catch (error) {
    await services.store.library.change(id, (now) =>
      now.status === 'saving' ? { ...now, status: 'queued' } : null,
    );
    throw refusalOf(error, id);
  }
}

async function setStatus(services: Services, id: string, status: 'saving'): Promise<LibraryImage> {
  const missing: string[] = [];
  const result = await services.store.library.change(id, (now) => {
    if (now.status === 'active') return null;
    if (now.diskFormat === null) missing.push('disk_format');
    if (now.containerFormat === null) missing.push('container_format');
    return missing.length > 0 ? null : { ...now, status };
  });
  if (result.changed) return result.image;
  if (result.image === null) throw new Refusal('library-image-not-found', `No image found with ID ${id}.`);
  if (missing.length > 0)
    throw new Refusal('bad-request', `Properties ${missing.join(', ')} must be set prior to saving data.`);
  const message = `Image ${id} is ${result.image.status}: its bytes have come, and they never change.`;
  throw new Refusal('library-image-busy', message);
}

/** What came as it is kept; refuses what is not of the format that was said, or would lead a host to its own files. */
function contentOf(image: LibraryImage, { header, ...come }: ReceivedImage): ImageContent {
  const found = readDiskHeader(header);
  const said = image.diskFormat;
  if (said !== 'qcow2' && said !== 'raw' && said !== 'iso') return { ...come, virtualBytes: null };
  if (found.kind === 'refused') throw refused(image.id, found.because);
  if (said === 'qcow2' && found.kind !== 'qcow2')
    throw refused(image.id, 'it is said to be qcow2, and its first bytes are not');
  if (said !== 'qcow2' && found.kind === 'qcow2')
    throw refused(image.id, `it is said to be ${said}, and its first bytes are those of a qcow2 image`);
  return { ...come, virtualBytes: found.kind === 'qcow2' ? found.virtualBytes : come.lengthBytes };
}

function refused(id: string, because: string): Refusal {
  return new Refusal('library-image-refused', `Image ${id} is not taken: ${because}.`);
}

function refusalOf(error: unknown, id: string): unknown {
  if (error instanceof LibraryFull) return new Refusal('library-full', `${error.message}.`, [], error);
  if (error instanceof Refusal) return error;
  const code = error instanceof Error && 'code' in error ? error.code : '';
  if (code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ABORT_ERR')
    return new Refusal('library-image-refused', `The bytes of image ${id} broke off.`, [], error);
  return error;
}

/** The bytes of an image from one offset to another, both included; refuses where this controller does not have them. */
export async function downloadImage(
  services: Services,
  { id, content }: LibraryImage,
  range: { readonly start: number; readonly end: number },
): Promise<Readable> {
  if (content === null) throw new Refusal('library-image-busy', `Image ${id} has no bytes yet.`);
  if (!(await services.library.has(content.sha256, content.lengthBytes))) {
    const path = services.library.pathOf(content.sha256);
    const message = `The bytes of image ${id} are not at ${path}: either the file was lost, or another controller has it.`;
    throw new Refusal('library-content-missing', message);
  }
  return services.library.read(content.sha256, range);
}

/** One at a time gives some bytes their name in the library or takes them away: who uploads them again must not lose them. */
export function withContent<T>(services: Services, sha256: string, work: () => Promise<T>): Promise<T> {
  return services.imageLocks.with(`library ${sha256}`, work);
}
