import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { must } from './run.ts';

/** The first bytes of what a kernel may be packed with. */
const magics = { gzip: '1f8b', lz4: '02214c18', xz: 'fd377a585a00', zstd: '28b52ffd' } as const;
type Packing = keyof typeof magics;

/**
 * Unpacks the kernel in a bzImage: QEMU starts an ELF file with a PVH note as it is, and a guest that is emulated is
 * spared to unpack it at every start. An image that is packed otherwise is copied: QEMU starts that as well.
 */
export async function unpackKernel(image: string, into: string): Promise<void> {
  const payload = payloadOf(readFileSync(image));
  const packing = packingOf(payload);
  switch (packing) {
    case null:
      return copyFileSync(image, into);
    case 'gzip':
      return writeFileSync(into, gunzipSync(payload));
    case 'zstd':
      return writeFileSync(into, zstdDecompressSync(payload));
    case 'lz4':
    case 'xz': {
      const packed = `${into}.packed`;
      writeFileSync(packed, payload);
      await must(['sh', '-ec', `${packing} -dc "$0" > "$1"`, packed, into]);
      return rmSync(packed);
    }
  }
}

/** Where it lies is told by the image's header (Linux, Documentation/arch/x86/boot.rst: setup_sects, payload_offset, payload_length). */
function payloadOf(image: Buffer): Buffer {
  const protectedMode = (image.readUInt8(0x1f1) + 1) * 512;
  const offset = protectedMode + image.readUInt32LE(0x248);
  // Four bytes with the size that it unpacks to follow the packed kernel, and are counted in.
  return image.subarray(offset, offset + image.readUInt32LE(0x24c) - 4);
}

function packingOf(payload: Buffer): Packing | null {
  const head = payload.subarray(0, 8).toString('hex');
  const found = Object.entries(magics).find(([, magic]) => head.startsWith(magic));
  return found === undefined ? null : (found[0] as Packing);
}
