import type { ColdCopyWorld } from './cold-copy-world.ts';

export const imagePath = '/var/lib/libvirt/images/article.qcow2';

/** What of the data compresses: all, every other mebibyte, or nothing. */
export type Content = 'all' | 'half' | 'none';

/** A program that writes the guest's data through QEMU: so many MiB, each of one kind, over a raw device file. */
const fill = `
import os, sys
mib, content = int(sys.argv[2]), sys.argv[3]
with open(sys.argv[1], "r+b") as image:
    for number in range(mib):
        image.seek(number * 2 * 2**20)
        random = content == "none" or (content == "half" and number % 2 == 0)
        image.write(os.urandom(2**20) if random else (b"the same words again and again. " * 32768))
`;

/** Makes the qcow2 image on the source, with so many MiB in every other mebibyte of a disk of twice that, and its domain. */
export async function makeImage({ source }: ColdCopyWorld, mib: number, content: Content): Promise<void> {
  const raw = '/var/lib/libvirt/images/article.raw';
  await source.execOk(['truncate', '-s', `${mib * 2 + 256}M`, raw]);
  await source.execOk(['python3', '-c', fill, raw, String(mib), content], { timeoutMs: 600_000 });
  await source.execOk(['qemu-img', 'convert', '-f', 'raw', '-O', 'qcow2', raw, imagePath], {
    timeoutMs: 600_000,
  });
  await source.execOk(['sh', '-c', `rm ${raw}; sync ${imagePath}`]);
  const xml = `<domain type='qemu'><name>article</name><uuid>66b1e824-f987-4f5b-8acc-396d84cbd026</uuid><memory unit='MiB'>64</memory>
    <os><type arch='x86_64'>hvm</type></os><devices><disk type='file' device='disk'>
    <driver name='qemu' type='qcow2'/><source file='${imagePath}'/><target dev='vda'/></disk></devices></domain>`;
  await source.execOk(['sh', '-ec', 'cat > /run/article.xml && virsh -q define /run/article.xml'], {
    input: xml,
  });
}

/** As before a copy: the image and its domain on the source alone. The source's file is in memory, for all alike. */
export async function asBefore({ source, target }: ColdCopyWorld): Promise<void> {
  await target.exec(['virsh', '-q', 'undefine', 'article']);
  await target.exec(['rm', '-f', imagePath]);
  await source.exec(['sh', '-c', `[ -e ${imagePath} ] || ln ${imagePath}.kept ${imagePath}`]);
  await source.execOk(['sh', '-ec', 'virsh -q define /run/article.xml; virsh -q pool-refresh default']);
  await target.virsh('pool-refresh', 'default');
  await source.execOk(['sh', '-c', `sync; cat ${imagePath} > /dev/null`]);
}

/** Keeps a second name of the image, for the moves that take the first away. */
export async function keepImage({ source }: ColdCopyWorld): Promise<void> {
  await source.execOk(['sh', '-c', `ln -f ${imagePath} ${imagePath}.kept`]);
}
