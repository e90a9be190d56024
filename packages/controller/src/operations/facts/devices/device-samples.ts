import type { FilePiece } from '@ferry/hypervisor';

const mebibyte = 1024 * 1024;
const between = 14;
const betweenBytes = 64 * 1024;

/**
 * Pieces of a device that are looked at in place of all of it: the first and the last mebibyte, where partition tables and the
 * marks of file systems, volume groups and images are, and some in between.
 */
export function deviceSamples(capacityBytes: number): FilePiece[] {
  if (capacityBytes <= 4 * mebibyte) return [{ offsetBytes: 0, lengthBytes: capacityBytes }];
  const inner = Array.from({ length: between }, (_, number) => {
    const at = Math.floor((capacityBytes * (number + 1)) / (between + 1));
    const offsetBytes = Math.min(at - (at % betweenBytes), capacityBytes - betweenBytes);
    return { offsetBytes, lengthBytes: betweenBytes };
  });
  return [
    { offsetBytes: 0, lengthBytes: mebibyte },
    ...inner,
    { offsetBytes: capacityBytes - mebibyte, lengthBytes: mebibyte },
  ];
}
