import type { LabHost } from '@ferry/lab';
import { connect } from '@ferry/libvirt';

/** Milliseconds of one small question to libvirtd: by our client on a connection that is open, and by spawning virsh. */
export async function timeCalls(
  host: LabHost,
  domain: string,
): Promise<{ client: number[]; virsh: number[] }> {
  const connection = await connect(`qemu+unix:///system?socket=${host.socketPath}`);
  const { dom } = await connection.call('domainLookupByName', { name: domain });
  const client: number[] = [];
  for (let index = 0; index < 2_000; index += 1) {
    const start = performance.now();
    await connection.call('domainGetState', { dom, flags: 0 });
    client.push(performance.now() - start);
  }
  await connection.close();
  const virsh: number[] = [];
  for (let index = 0; index < 20; index += 1) {
    const start = performance.now();
    await host.execOk(['virsh', '-q', 'domstate', domain]);
    virsh.push(performance.now() - start);
  }
  return { client: client.slice(200), virsh };
}
