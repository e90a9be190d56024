import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diskHeaderBytes, readDiskHeader } from './read-disk-header.ts';

/** A qcow2 header of version 3 for a disk of 1 GiB, changed. */
function qcow2(change: (view: DataView) => void = () => undefined): Uint8Array {
  const bytes = new Uint8Array(512);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x51_46_49_fb);
  view.setUint32(4, 3);
  view.setBigUint64(24, 1024n ** 3n);
  view.setUint32(100, 104);
  change(view);
  return bytes;
}

const text = (start: string, at = 0): Uint8Array => {
  const bytes = new Uint8Array(512);
  bytes.set(Buffer.from(start, 'latin1'), at);
  return bytes;
};

test('a qcow2 image tells how large its disk is, whatever else it is', () => {
  expect(readDiskHeader(qcow2())).toEqual({ kind: 'qcow2', virtualBytes: 1024 ** 3 });
  expect(readDiskHeader(qcow2((view) => view.setUint32(4, 2)))).toMatchObject({ kind: 'qcow2' });
});

test('what has no known header is plain bytes', () => {
  expect(readDiskHeader(new Uint8Array(0))).toEqual({ kind: 'plain' });
  expect(readDiskHeader(text('#!/bin/sh\necho version=1\n'))).toEqual({ kind: 'plain' });
  expect(readDiskHeader(text('\xeb\x3c\x90'))).toEqual({ kind: 'plain' });
});

test.each([
  ['a backing file', (view: DataView) => view.setBigUint64(8, 0x200n), 'backing file'],
  ['a backing file without a place', (view: DataView) => view.setUint32(16, 10), 'backing file'],
  ['an external data file', (view: DataView) => view.setBigUint64(72, 4n), 'another file'],
  [
    'the name of one behind another extension',
    (view: DataView): void => {
      view.setUint32(104, 0x68_03_f8_57);
      view.setUint32(108, 9);
      view.setUint32(128, 0x44_41_54_41);
      view.setUint32(132, 11);
    },
    'another file',
  ],
  ['encryption', (view: DataView) => view.setUint32(32, 2), 'encrypted'],
  ['a version of its own', (view: DataView) => view.setUint32(4, 9), 'version 9'],
] as const)('a qcow2 image with %s is refused', (_what, change, because) => {
  expect(readDiskHeader(qcow2(change))).toEqual({
    kind: 'refused',
    because: expect.stringContaining(because) as string,
  });
});

test.each([
  ['vmdk', text('KDMV')],
  ['vmdk', text('# Disk DescriptorFile\nparentFileNameHint="/etc/shadow"')],
  ['vmdk', text('# made by hand\n\n#\nversion=1\nRW 8 FLAT "/etc/shadow" 0\n')],
  ['vmdk', text('#\r\n  version = 3\r\n')],
  ['vmdk', text('version=2\n')],
  ['vhdx', text('vhdxfile')],
  ['vdi', text('\x7f\x10\xda\xbe', 64)],
  ['qed', text('QED\0')],
])('a %s image is refused: it could point to files of the host', (name, bytes) => {
  expect(readDiskHeader(bytes)).toEqual({
    kind: 'refused',
    because: expect.stringContaining(name) as string,
  });
});

test('no bytes make it throw', () => {
  const header = fc.uint8Array({ maxLength: 200 }).map((rest) => {
    const bytes = qcow2();
    bytes.set(rest, 4);
    return bytes;
  });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), header), fc.nat(300), (bytes, cut) => {
      expect(['qcow2', 'plain', 'refused']).toContain(readDiskHeader(bytes.subarray(0, cut)).kind);
    }),
  );
  expect(diskHeaderBytes).toBeGreaterThan(512);
});
