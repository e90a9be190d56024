import type { ImageChunk } from '@ferry/hypervisor';

const blockBytes = 64 * 1024;
const zeros = Buffer.alloc(blockBytes);

/** Bytes of a block device, which tells no holes: whole blocks of zeros become holes, so that a file made of it is sparse. */
export async function* holesOfZeros(chunks: AsyncIterable<ImageChunk>): AsyncGenerator<ImageChunk> {
  for await (const chunk of chunks) {
    if (chunk.kind === 'hole') {
      yield chunk;
      continue;
    }
    const { bytes } = chunk;
    let begin = 0;
    while (begin < bytes.length) {
      const isZero = zeroAt(bytes, begin);
      let end = begin;
      while (end < bytes.length && zeroAt(bytes, end) === isZero)
        end = Math.min(end + blockBytes, bytes.length);
      if (isZero) yield { kind: 'hole', lengthBytes: end - begin };
      else yield { kind: 'data', bytes: bytes.subarray(begin, end) };
      begin = end;
    }
  }
}

function zeroAt(bytes: Uint8Array, offset: number): boolean {
  const block = bytes.subarray(offset, offset + blockBytes);
  return zeros.compare(block, 0, block.length, 0, block.length) === 0;
}
