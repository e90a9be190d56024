import { expect, test } from 'vitest';
import { readImageInside } from './image-inside.ts';

/** The begin of a qcow2 of version 3 (docs/interop/qcow2.txt): header, then extensions. */
function qcow2(parts: {
  snapshots?: number;
  external?: boolean;
  extensions?: readonly [number, Buffer][];
}): Buffer {
  const header = Buffer.alloc(104);
  header.writeUInt32BE(0x51_46_49_fb, 0);
  header.writeUInt32BE(3, 4);
  header.writeUInt32BE(parts.snapshots ?? 0, 60);
  if (parts.external === true) header.writeBigUInt64BE(4n, 72);
  header.writeUInt32BE(104, 100);
  const extensions = (parts.extensions ?? []).map(([type, data]) => {
    const padded = Buffer.alloc(8 + Math.ceil(data.length / 8) * 8);
    padded.writeUInt32BE(type, 0);
    padded.writeUInt32BE(data.length, 4);
    data.copy(padded, 8);
    return padded;
  });
  return Buffer.concat([header, ...extensions, Buffer.alloc(64)]);
}

const nothing = { dataFile: null, snapshots: 0, bitmaps: 0, extents: [] };
const bitmaps = Buffer.alloc(24);
bitmaps.writeUInt32BE(2, 0);

test.each([
  ['nothing', qcow2({}), nothing],
  ['snapshots', qcow2({ snapshots: 3 }), { ...nothing, snapshots: 3 }],
  [
    'bitmaps behind another extension',
    qcow2({
      extensions: [
        [0x6803f857, Buffer.alloc(5)],
        [0x23852875, bitmaps],
      ],
    }),
    { ...nothing, bitmaps: 2 },
  ],
  [
    'its data elsewhere',
    qcow2({ external: true, extensions: [[0x44415441, Buffer.from('/images/df.data')]] }),
    { ...nothing, dataFile: '/images/df.data' },
  ],
  ['its data elsewhere, and does not say where', qcow2({ external: true }), { ...nothing, dataFile: '' }],
])('a qcow2 with %s', (_what, bytes, inside) => {
  expect(readImageInside(bytes)).toEqual(inside);
});

test('a vmdk of several files names them', () => {
  const text =
    '# Disk DescriptorFile\nversion=1\nRW 4192256 SPARSE "disk-s001.vmdk"\nRW 2048 FLAT "disk-f002.vmdk" 0\n';
  expect(readImageInside(Buffer.from(text)).extents).toEqual(['disk-s001.vmdk', 'disk-f002.vmdk']);
});

test.each([Buffer.alloc(0), Buffer.alloc(512), Buffer.from('QFI\xfb', 'latin1'), qcow2({}).subarray(0, 80)])(
  'of what is too short or no image nothing is known: %#',
  (bytes) => {
    expect(readImageInside(bytes)).toEqual(nothing);
  },
);
