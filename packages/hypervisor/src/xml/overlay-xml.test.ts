import { expect, test } from 'vitest';
import { overlayXml, readDiskChains } from './overlay-xml.ts';

/** As libvirt 11.3 shows a guest with an overlay that is being merged, and a drive beside it. */
const xml = `<domain type='qemu'><devices>
  <disk type='file' device='disk'><driver name='qemu' type='qcow2'/>
    <source file='/images/.web.ferry-m.1' index='4'/>
    <backingStore type='file' index='3'><format type='raw'/><source file='/images/web'/><backingStore/></backingStore>
    <mirror type='file' job='active-commit' ready='yes'><format type='raw'/><source file='/images/web'/></mirror>
    <target dev='vda' bus='virtio'/></disk>
  <disk type='file' device='cdrom'><target dev='sda'/><readonly/></disk>
  <disk type='volume' device='disk'><source pool='p' volume='v'><encryption format='luks'/></source><target dev='vdb'/>
    <transient/></disk>
</devices></domain>`;

test('the files that a disk stands on, the one that is written to first', () => {
  const [web, drive, volume] = readDiskChains(xml);
  expect(web).toEqual({
    disk: 'vda',
    kind: 'file',
    files: ['/images/.web.ferry-m.1', '/images/web'],
    encrypted: false,
    transient: false,
    mirror: { job: 'active-commit', ready: true },
  });
  expect(drive).toMatchObject({ disk: 'sda', files: [], mirror: null });
  expect(volume).toMatchObject({ kind: 'volume', files: [], encrypted: true, transient: true });
});

test('a domain without devices has none', () => {
  expect(readDiskChains('<domain/>')).toEqual([]);
});

test('disks that get no overlay are named as such, and what is special to XML is written as it must be', () => {
  const order = { disk: 'vda', path: "/images/a&'b", below: '/images/a' };
  expect(overlayXml([order], ['vda', 'sda'])).toBe(
    "<domainsnapshot><disks><disk name='vda' snapshot='external' type='file'><driver type='qcow2'/><source file='/images/a&#38;&#39;b'/></disk><disk name='sda' snapshot='no'/></disks></domainsnapshot>",
  );
});
