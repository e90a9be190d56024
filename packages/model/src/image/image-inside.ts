/** What an image holds beside its disk, or keeps elsewhere, as its first bytes tell. */
export interface ImageInside {
  /** The file that holds its data (qcow2's external data file), as the image names it; null: it holds them itself. */
  readonly dataFile: string | null;
  /** Snapshots that stand in the image itself. */
  readonly snapshots: number;
  /** Bitmaps of changed blocks that stand in it. */
  readonly bitmaps: number;
  /** Files that it is made of, beside itself, as it names them. */
  readonly extents: readonly string[];
}

/** So many bytes from the start of an image tell all that `readImageInside` asks for. */
export const imageInsideBytes = 65_536;

const nothing: ImageInside = { dataFile: null, snapshots: 0, bitmaps: 0, extents: [] };
const qcow2Magic = 0x51_46_49_fb;
/** Header extensions of qcow2: the name of the data file, and bitmaps. */
const dataFileExtension = 0x44_41_54_41;
const bitmapsExtension = 0x23_85_28_75;
/** Incompatible feature bit 2: data stands in another file. */
const externalDataBit = 4n;

/**
 * Sources: QEMU's docs/interop/qcow2.txt, and VMware's "Virtual Disk Format 5.0" for the descriptor of vmdk, whose extents are
 * `RW 4192256 SPARSE "disk-s001.vmdk"`.
 */
export function readImageInside(bytes: Uint8Array): ImageInside {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length >= 72 && view.getUint32(0) === qcow2Magic) return readQcow2(bytes, view);
  const text = textOf(bytes);
  if (!text.startsWith('# Disk DescriptorFile')) return nothing;
  return {
    ...nothing,
    extents: Array.from(text.matchAll(/^(?:RW|RDONLY) \d+ \w+ "([^"]*)"/gm), ([, name = '']) => name),
  };
}

function readQcow2(bytes: Uint8Array, view: DataView): ImageInside {
  const snapshots = view.getUint32(60);
  const isThird = view.getUint32(4) >= 3 && bytes.length >= 104;
  if (!isThird) return { ...nothing, snapshots };
  let dataFile: string | null = null;
  let bitmaps = 0;
  // Extensions follow the header: type, length, and data padded to eight bytes, until one of type 0.
  for (let at = view.getUint32(100); at + 8 <= bytes.length; ) {
    const [type, length] = [view.getUint32(at), view.getUint32(at + 4)];
    if (type === 0) break;
    if (type === dataFileExtension) dataFile = textOf(bytes.subarray(at + 8, at + 8 + length));
    if (type === bitmapsExtension && at + 12 <= bytes.length) bitmaps = view.getUint32(at + 8);
    at += 8 + Math.ceil(length / 8) * 8;
  }
  const isElsewhere = (view.getBigUint64(72) & externalDataBit) !== 0n;
  return { dataFile: isElsewhere ? (dataFile ?? '') : null, snapshots, bitmaps, extents: [] };
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
