// A picture of a guest's screen. usage: node screenshot.ts qemu:///system web web.png
import { writeFileSync } from 'node:fs';
import { connect, takeScreenshot } from '@ferry/libvirt';

const [uri = 'qemu:///system', name = '', file = 'screen.png'] = process.argv.slice(2);
const connection = await connect(uri);
const { dom } = await connection.call('domainLookupByName', { name });
const { mime, bytes } = await takeScreenshot(connection, dom);
writeFileSync(file, bytes);
console.log(`${file}: ${mime}, ${bytes.length} bytes`);
await connection.close();
