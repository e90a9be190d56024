// All domains of a host, with their states and the processor time they have used.
// usage: node list-domains.ts qemu:///system
import { connect, domainStates, numberOf } from '@ferry/libvirt';

const connection = await connect(process.argv[2] ?? 'qemu:///system');
const { domains } = await connection.call('connectListAllDomains', { needResults: 1, flags: 0 });
// Many calls are in flight at once on one connection.
await Promise.all(
  domains.map(async (dom) => {
    const { state } = await connection.call('domainGetState', { dom, flags: 0 });
    const { cpuTime } = await connection.call('domainGetInfo', { dom });
    console.log(`${dom.name} is ${domainStates[state]}, ${Number(cpuTime) / 1e9} s of processor time`);
  }),
);
const { params } = await connection.call('nodeGetMemoryParameters', { nparams: 16, flags: 0 }).catch(() => ({
  params: [], // Not every driver has it.
}));
console.log(`pages merged on the host: ${numberOf(params, 'shm_pages_shared') ?? 'unknown'}`);
await connection.close();
