import { inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { asPng } from './picture.ts';

const pixmap = (head: string, pixels: readonly number[]): Buffer =>
  Buffer.concat([Buffer.from(head, 'latin1'), Buffer.from(pixels)]);
const one = [255, 0, 0, 0, 255, 0, 0, 0, 255, 1, 2, 3];

test.each(['P6\n2 2\n255\n', 'P6\n# by a hypervisor\n2 2\n255\n'])(
  'a pixmap (%j) becomes a PNG of the same pixels',
  async (head) => {
    const png = Buffer.from(
      (await asPng({ mime: 'image/x-portable-pixmap', bytes: pixmap(head, one) })) ?? [],
    );
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([2, 2]);
    const data = png.subarray(41, 41 + png.readUInt32BE(33));
    expect([...inflateSync(data)]).toEqual([0, ...one.slice(0, 6), 0, ...one.slice(6)]);
  },
);

test('a PNG stays as it is', async () => {
  const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]);
  expect(await asPng({ mime: 'image/png', bytes: png })).toEqual(png);
});

test.each([
  { is: 'a page', bytes: Buffer.from('<html><script>alert(1)</script>') },
  { is: 'fewer pixels than it says', bytes: pixmap('P6\n2 2\n255\n', [1, 2, 3]) },
  { is: 'more pixels than it says', bytes: pixmap('P6\n1 1\n255\n', [1, 2, 3, 4]) },
  { is: 'nothing', bytes: Buffer.alloc(0) },
  { is: 'two bytes a colour', bytes: pixmap('P6\n1 1\n65535\n', [1, 2, 3, 4, 5, 6]) },
  { is: 'larger than any screen', bytes: pixmap('P6\n999999 999999\n255\n', []) },
])('$is is no picture, whatever the host calls it', async ({ bytes }) => {
  expect(await asPng({ mime: 'image/png', bytes })).toBeNull();
});
