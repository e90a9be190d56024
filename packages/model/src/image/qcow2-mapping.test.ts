import { expect, test } from 'vitest';
import { qcow2Mapping } from './qcow2-mapping.ts';

/** As `qemu-img create -f qcow2 -b BASE -F raw FILE 1G` begins. */
function header(): Buffer {
  const bytes = Buffer.alloc(104);
  bytes.write('QFI\u00fb', 'latin1');
  bytes.writeUInt32BE(3, 4);
  bytes.writeUInt32BE(16, 20);
  bytes.writeBigUInt64BE(1024n ** 3n, 24);
  bytes.writeUInt32BE(2, 36);
  bytes.writeBigUInt64BE(0x3_0000n, 40);
  return bytes;
}

test('a qcow2 tells where its mapping is', () => {
  expect(qcow2Mapping(header())).toEqual({ offsetBytes: 196_608, lengthBytes: 16 });
});

test.each([Buffer.alloc(0), Buffer.alloc(104), header().subarray(0, 71)])(
  'of what is no qcow2, or not whole, nothing is known: %#',
  (bytes) => {
    expect(qcow2Mapping(bytes)).toBeNull();
  },
);
