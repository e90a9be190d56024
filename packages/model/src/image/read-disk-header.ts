/** What the first bytes of a file tell of the disk that it holds. */
export type DiskHeader =
  | { readonly kind: 'qcow2'; readonly virtualBytes: number }
  /** Nothing that makes it more than plain bytes. */
  | { readonly kind: 'plain' }
  /** A format that points elsewhere, or that Ferry does not read: why it is not taken. */
  | { readonly kind: 'refused'; readonly because: string };

/** So many bytes from the start of a file tell all that `readDiskHeader` asks for. */
export const diskHeaderBytes = 65_536;

const qcow2Magic = 0x51_46_49_fb;
/** Incompatible feature bit 2 of qcow2 version 3: data stands in another file. */
const externalDataBit = 4n;
/** Header extension that names that other file. */
const externalDataExtension = 0x44_41_54_41;

/** Formats that libvirt and QEMU would recognise in a file that is said to be plain, and follow to where they point. */
const otherFormats: readonly { readonly name: string; readonly at: number; readonly text: string }[] = [
  { name: 'qed', at: 0, text: 'QED\0' },
  { name: 'vmdk', at: 0, text: 'KDMV' },
  { name: 'vmdk', at: 0, text: 'COWD' },
  { name: 'vhdx', at: 0, text: 'vhdxfile' },
  { name: 'vpc', at: 0, text: 'conectix' },
  { name: 'vdi', at: 64, text: '\x7f\x10\xda\xbe' },
  { name: 'parallels', at: 0, text: 'WithoutFreeSpace' },
  { name: 'parallels', at: 0, text: 'WithouFreSpacExt' },
  { name: 'luks', at: 0, text: 'LUKS\xba\xbe' },
];

/**
 * Reads what an uploaded file is. An image must never name a file of the host that it comes to: one that stands on another
 * or keeps its data elsewhere is refused. Source: QEMU's docs/interop/qcow2.txt.
 */
export function readDiskHeader(bytes: Uint8Array): DiskHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length >= 4 && view.getUint32(0) === qcow2Magic) return readQcow2(view);
  const other = isVmdkText(bytes)
    ? { name: 'vmdk' }
    : otherFormats.find(({ at, text }) => hasText(bytes, at, text));
  if (other === undefined) return { kind: 'plain' };
  return { kind: 'refused', because: `it is a ${other.name} image; Ferry takes qcow2 and raw ones` };
}

/**
 * A descriptor of vmdk is text, and QEMU finds it behind comments and empty lines, by its version or its first words
 * (`vmdk_probe` in QEMU's block/vmdk.c).
 */
function isVmdkText(bytes: Uint8Array): boolean {
  const text = Array.from(bytes.subarray(0, diskHeaderBytes), (byte) => String.fromCharCode(byte)).join('');
  if (/^\s*#\s*Disk DescriptorFile/i.test(text)) return true;
  const first = text.split(/[\r\n]+/).find((line) => !/^\s*(#|$)/.test(line));
  return first !== undefined && /^\s*version\s*=/i.test(first);
}

function readQcow2(view: DataView): DiskHeader {
  if (view.byteLength < 72)
    return refused(`it is ${view.byteLength} bytes of a qcow2 header that has at least 72`);
  const version = view.getUint32(4);
  if (version !== 2 && version !== 3)
    return refused(`it is qcow2 of version ${version}; Ferry takes 2 and 3`);
  if (view.getBigUint64(8) !== 0n || view.getUint32(16) !== 0)
    return refused('it names a backing file, and that would be one of the host');
  if (view.getUint32(32) !== 0) return refused('it is encrypted, and its secret is nowhere to be had');
  if (version === 3) {
    if (view.byteLength < 104)
      return refused(`it is ${view.byteLength} bytes of a qcow2 header of version 3`);
    if ((view.getBigUint64(72) & externalDataBit) !== 0n || namesDataFile(view))
      return refused('it keeps its data in another file, and that would be one of the host');
  }
  return { kind: 'qcow2', virtualBytes: Number(view.getBigUint64(24)) };
}

/** Extensions follow the header: type, length, and data padded to eight bytes, until one of type 0. */
function namesDataFile(view: DataView): boolean {
  for (let at = view.getUint32(100); at + 8 <= view.byteLength; ) {
    const type = view.getUint32(at);
    if (type === externalDataExtension) return true;
    if (type === 0) return false;
    at += 8 + Math.ceil(view.getUint32(at + 4) / 8) * 8;
  }
  return false;
}

function hasText(bytes: Uint8Array, at: number, text: string): boolean {
  if (bytes.length < at + text.length) return false;
  return Array.from(text, (character) => character.charCodeAt(0)).every(
    (code, index) => bytes[at + index] === code,
  );
}

function refused(because: string): DiskHeader {
  return { kind: 'refused', because };
}
