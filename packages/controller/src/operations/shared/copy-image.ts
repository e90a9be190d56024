import { type ImageChunk, SparseDigest } from '@ferry/hypervisor';
import { type MoveContext, sourceOf, targetOf } from './move-context.ts';
import type { CopyProgress } from './copy-progress.ts';
import { StepError } from './step-error.ts';

/** Brings one file to the same path on the target: sparse, owned as QEMU there needs it, and verified by reading it again. */
export async function copyImage(
  context: MoveContext,
  path: string,
  progress: CopyProgress,
  signal: AbortSignal,
): Promise<string> {
  const source = sourceOf(context);
  const target = targetOf(context);
  const digest = new SparseDigest();
  const lengthBytes = await source.storage.fileLength(path, { signal });
  const passing = watch(source.storage.readImage(path, { signal }), (chunk) => {
    digest.add(chunk);
    if (chunk.kind === 'data') progress.add(chunk.bytes.length);
  });
  await target.storage.writeImage({ path, lengthBytes, owner: context.input.targetOwner }, passing, {
    signal,
  });
  const sent = digest.end();
  const received = await target.storage.digest(path, { signal });
  if (sent !== received) {
    const values = `source sha256 ${sent}, target sha256 ${received}`;
    throw new StepError(
      'copy-differs',
      `The copy of ${path} on ${context.input.target.name} is not what was sent: ${values}.`,
    );
  }
  return sent;
}

async function* watch(
  chunks: AsyncIterable<ImageChunk>,
  see: (chunk: ImageChunk) => void,
): AsyncGenerator<ImageChunk> {
  for await (const chunk of chunks) {
    see(chunk);
    yield chunk;
  }
}
