import { expect, test } from 'vitest';
import { readNamedPaths } from './named-paths-xml.ts';

test('every absolute path of a description is named, wherever it stands', () => {
  const xml = `<domain xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
    <metadata><app:x xmlns:app='urn:x' template='/srv/tmpl.img'>/srv/text.img</app:x></metadata>
    <os><kernel>/boot/vmlinuz</kernel><nvram template='/usr/share/v.fd' type='file'><source file='/nv/1.fd'/></nvram></os>
    <devices>
      <filesystem><source dir='/srv/share'/><target dir='data'/></filesystem>
      <memory model='nvdimm'><source><path>/mem/1</path></source></memory>
      <serial type='file'><source path='/log/1'/></serial>
    </devices>
    <qemu:commandline><qemu:arg value='-drive'/><qemu:arg value='if=none,file=/srv/a b.img,format=raw'/></qemu:commandline>
  </domain>`;
  const { paths, directories } = readNamedPaths(xml, 'domain');
  expect(paths.toSorted()).toEqual(
    [
      '/boot/vmlinuz',
      '/log/1',
      '/mem/1',
      '/nv/1.fd',
      '/srv/a b.img',
      '/srv/share',
      '/srv/text.img',
      '/srv/tmpl.img',
      '/usr/share/v.fd',
    ].toSorted(),
  );
  expect(directories).toEqual(['/srv/share']);
});
