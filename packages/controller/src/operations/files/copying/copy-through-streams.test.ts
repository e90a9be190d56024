import type { ImageChunk } from '@ferry/hypervisor';
import { expect, test } from 'vitest';
import { holesOfZeros } from './copy-through-streams.ts';

const block = 64 * 1024;

async function* given(...chunks: ImageChunk[]): AsyncGenerator<ImageChunk> {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}

async function shape(...chunks: ImageChunk[]): Promise<[string, number][]> {
  const found: [string, number][] = [];
  for await (const chunk of holesOfZeros(given(...chunks)))
    found.push([chunk.kind, chunk.kind === 'hole' ? chunk.lengthBytes : chunk.bytes.length]);
  return found;
}

test('whole blocks of zeros are holes, all else stays, in its order and length', async () => {
  const bytes = new Uint8Array(5 * block + 100);
  bytes[block + 7] = 1;
  bytes[2 * block] = 1;
  expect(await shape({ kind: 'data', bytes })).toEqual([
    ['hole', block],
    ['data', 2 * block],
    ['hole', 2 * block + 100],
  ]);
});

test('a last piece that is no whole block counts as what it holds; holes stay holes', async () => {
  const bytes = new Uint8Array(100);
  bytes[99] = 1;
  expect(await shape({ kind: 'hole', lengthBytes: 5 }, { kind: 'data', bytes })).toEqual([
    ['hole', 5],
    ['data', 100],
  ]);
  expect(await shape({ kind: 'data', bytes: new Uint8Array() })).toEqual([]);
});
