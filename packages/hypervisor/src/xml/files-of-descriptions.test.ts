import { expect, test } from 'vitest';
import { readNamedPaths } from './files-of-descriptions.ts';

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

test.each([
  ['-blockdev in JSON', `{"driver":"file","filename":"/srv/a \\"b\\".img"}`, '/srv/a "b".img'],
  ['a protocol', 'if=none,file=file:/srv/a.img,format=raw', '/srv/a.img'],
  ['a URL', 'file:///srv/a.img', '///srv/a.img'],
  ['a device of the host', 'host_device:/dev/sdb', '/dev/sdb'],
  ['JSON in an option', 'file=json:{"file.filename":"/srv/a.img"}', '/srv/a.img'],
  ['a doubled comma', 'if=none,file=/srv/a,,b.img,format=raw', '/srv/a,b.img'],
])('a path in an option of QEMU: %s', (_, value, path) => {
  const text = value.replaceAll('"', '&quot;');
  const xml = `<domain><commandline><arg value="${text}"/></commandline></domain>`;
  expect(readNamedPaths(xml, 'domain').paths).toContain(path);
});

test('what is no path, and JSON that is none, is passed by', () => {
  const xml = `<domain><arg value='{"a":"/srv/x\\q"}'/><arg value='-drive'/><arg value='50%/day'/></domain>`;
  expect(readNamedPaths(xml, 'domain').paths).toEqual([]);
});
