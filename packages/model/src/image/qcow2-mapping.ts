const qcow2Magic = 0x51_46_49_fb;

/** So many bytes from the start of a qcow2 tell where its mapping is. */
export const qcow2HeaderBytes = 72;

/**
 * Where a qcow2 keeps its mapping (the L1 table), as the first bytes tell; null: it is no qcow2. As long as all of that is zero,
 * nothing was ever written to the image, nor discarded in it. Source: QEMU's docs/interop/qcow2.txt.
 */
export function qcow2Mapping(
  bytes: Uint8Array,
): { readonly offsetBytes: number; readonly lengthBytes: number } | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < qcow2HeaderBytes || view.getUint32(0) !== qcow2Magic) return null;
  return { offsetBytes: Number(view.getBigUint64(40)), lengthBytes: view.getUint32(36) * 8 };
}
