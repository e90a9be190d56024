import { promisify } from 'node:util';
import { crc32, deflate } from 'node:zlib';

/** A picture as a host gives it: `image/png`, or `image/x-portable-pixmap` of older hypervisors. */
export interface HostPicture {
  readonly mime: string;
  readonly bytes: Uint8Array;
}

/** More than two screens of 4K side by side as a pixmap, 3 bytes a pixel. */
export const pictureBytesAtMost = 64 * 1024 * 1024;

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const packed = promisify(deflate);

/** The picture as PNG, which browsers show; null for bytes that are no picture: what a host says is not believed by its name. */
export function asPng({ bytes }: HostPicture): Promise<Uint8Array | null> {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (data.subarray(0, signature.length).equals(signature)) return Promise.resolve(data);
  const pixmap = readPixmap(data);
  return pixmap === null ? Promise.resolve(null) : pngOf(pixmap);
}

/** Pixels of three bytes: red, green, blue; rows from the top. */
export interface Pixmap {
  readonly width: number;
  readonly height: number;
  readonly pixels: Buffer;
}

/** The binary form of netpbm's PPM, `P6`, with a byte for each colour (netpbm, "PPM Format Specification"). */
function readPixmap(data: Buffer): Pixmap | null {
  const head = /^P6(?:\s+|#[^\n]*\n)+(\d{1,5})(?:\s+|#[^\n]*\n)+(\d{1,5})(?:\s+|#[^\n]*\n)+255\s/.exec(
    data.subarray(0, 512).toString('latin1'),
  );
  if (head === null) return null;
  const [width, height] = [Number(head[1]), Number(head[2])];
  const pixels = data.subarray(head[0].length);
  return width > 0 && height > 0 && pixels.length === width * height * 3 ? { width, height, pixels } : null;
}

/** A PNG of 8 bits a colour, no row filtered (ISO/IEC 15948, 5 and 11). */
export async function pngOf({ width, height, pixels }: Pixmap): Promise<Uint8Array> {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  const bitsOfColour = 8;
  const trueColour = 2;
  head.set([bitsOfColour, trueColour], 8);
  const row = width * 3;
  const lines = Buffer.alloc(height * (row + 1));
  for (let y = 0; y < height; y += 1) pixels.copy(lines, y * (row + 1) + 1, y * row, (y + 1) * row);
  const chunks = [chunk('IHDR', head), chunk('IDAT', await packed(lines)), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([signature, ...chunks]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
