// The console of a guest on this terminal. Ctrl-] leaves it.
// usage: node console.ts qemu:///system web
import { connect, openConsole } from '@ferry/libvirt';

const [uri = 'qemu:///system', name = ''] = process.argv.slice(2);
const connection = await connect(uri);
const { dom } = await connection.call('domainLookupByName', { name });
const guest = await openConsole(connection, dom);
if (process.stdin.isTTY) process.stdin.setRawMode(true);
const typing = (async () => {
  for await (const typed of process.stdin as AsyncIterable<Buffer>) {
    if (typed.includes(0x1d)) break;
    await guest.write(typed);
  }
  await guest.close();
})();
for await (const bytes of guest) process.stdout.write(bytes);
await connection.close();
process.stdin.destroy();
await typing;
