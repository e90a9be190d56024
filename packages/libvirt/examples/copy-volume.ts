// Copies a volume from one host to another without writing it to a disk between; holes stay holes.
// usage: node copy-volume.ts qemu+tls://a/system /images/web.raw qemu+tls://b/system /images/web.raw
import { connect, downloadVolume, uploadVolume } from '@ferry/libvirt';

const [fromUri = '', fromPath = '', toUri = '', toPath = ''] = process.argv.slice(2);
// A connection of its own for each stream: the slower side then holds back the other, and nobody else.
const [from, to] = await Promise.all([connect(fromUri), connect(toUri)]);
const { vol: source } = await from.call('storageVolLookupByPath', { path: fromPath });
const { vol: target } = await to.call('storageVolLookupByPath', { path: toPath });
await uploadVolume(to, target, downloadVolume(from, source, { sparse: true, reuseMemory: true }));
console.log('copied');
await Promise.all([from.close(), to.close()]);
