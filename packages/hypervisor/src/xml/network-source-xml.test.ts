import { expect, test } from 'vitest';
import { readNetworkSource } from './domain-xml.ts';
import { at, rootOf, writeXml } from './parse-xml.ts';

test('a probe guest gets the image alone: what its guest does with it, the probe has no means for', () => {
  const xml = `<a><disk type="network"><driver name="qemu" type="raw" cache="none" iothread="1" copy_on_read="on" discard_no_unref="on" queues="4"><iothreads><iothread id="1"/></iothreads></driver><source protocol="nbd" name="x"><host name="san" port="10809"/><reservations managed="yes"/></source></disk></a>`;
  const root = rootOf(xml, 'a');
  const disk = at(root, 'disk');
  if (disk === null) throw new Error('no disk');
  expect(readNetworkSource(disk)).toMatchObject({
    servers: ['san:10809'],
    description:
      '<driver name="qemu" type="raw" cache="none"/><source protocol="nbd" name="x"><host name="san" port="10809"/></source>',
  });
  expect(writeXml(root)).toBe(xml);
});
