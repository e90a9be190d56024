import type { LabHost } from '@ferry/lab';

/** What the disk writer of a lab's guest has left on its disk: records that count up, a page each, in the last 16 MiB, round and round. */
export interface RecordsOnDisk {
  /** How many were written without a gap: of more than the area holds, the last that it holds are looked at. */
  readonly unbroken: number;
  /** Pages that are neither a record nor empty. */
  readonly torn: number;
}

const script = `
import json, struct, sys
page, area = 4096, 16 * 1024 * 1024
with open(sys.argv[1], 'rb') as image:
    image.seek(-area, 2)
    data = image.read(area)
found, torn = set(), 0
for at in range(0, area, page):
    words = struct.unpack('<512Q', data[at:at + page])
    if not any(words):
        continue
    if words == tuple(range(words[0], words[0] + 512)) and words[0] % 512 == 0:
        found.add(words[0] // 512)
    else:
        torn += 1
unbroken = max(0, max(found, default=-1) + 1 - area // page)
while unbroken in found:
    unbroken += 1
print(json.dumps({'unbroken': unbroken, 'torn': torn}))
`;

/** Reads an image as its guest sees it, while that may run. */
export async function recordsOnDisk(host: LabHost, path: string): Promise<RecordsOnDisk> {
  const raw = '/tmp/as-the-guest-sees-it.raw';
  await host.execOk(['qemu-img', 'convert', '-U', '-O', 'raw', path, raw]);
  try {
    return JSON.parse(await host.execOk(['python3', '-c', script, raw])) as RecordsOnDisk;
  } finally {
    await host.execOk(['rm', raw]);
  }
}
