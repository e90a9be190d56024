// What happens to the domains, networks and pools of a host, until Ctrl-C.
// usage: node follow-events.ts qemu:///system
import { connect, followEvents, LifecycleEvent } from '@ferry/libvirt';

const connection = await connect(process.argv[2] ?? 'qemu:///system');
const controller = new AbortController();
process.once('SIGINT', () => controller.abort());
const kinds = ['lifecycle', 'job-completed', 'network-lifecycle', 'storage-pool-lifecycle'] as const;
const events = await followEvents(connection, kinds, controller.signal);
console.log('following'); // A look at the state from here on misses nothing.
for await (const event of events) {
  switch (event.kind) {
    case 'lifecycle':
      console.log(event.dom.name, nameOf(LifecycleEvent, event.event), event.detail);
      break;
    case 'undecodable':
    case 'overflow':
      console.log('something was missed: look at the state', event);
      break;
    default:
      console.log(event);
  }
}
await connection.close();

function nameOf(numbers: Readonly<Record<string, number>>, number: number): string {
  return Object.keys(numbers).find((name) => numbers[name] === number) ?? String(number);
}
