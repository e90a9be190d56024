import type { DomainRef } from '@ferry/libvirt';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import type { HostConnection } from './host-connection.ts';

/**
 * Files that a running domain's QEMU has open as disks, by QEMU's own word (QMP `query-named-block-nodes`). libvirt marks a
 * domain whose QEMU was asked directly (tainted, "custom-monitor"): only for what libvirt cannot tell.
 */
export async function filesInUse(
  host: HostConnection,
  dom: DomainRef,
  call: Call,
): Promise<readonly string[]> {
  const command = { execute: 'query-named-block-nodes', arguments: { flat: true } };
  const args = { dom, cmd: JSON.stringify(command), flags: 0 };
  const { result } = await host.call('qemuDomainMonitorCommand', args, call);
  const answer: unknown = JSON.parse(result);
  if (typeof answer !== 'object' || answer === null || !('return' in answer) || !Array.isArray(answer.return))
    throw new HypervisorError('refused', host.uri, `${host.uri}: QEMU did not tell its disks: ${result}`);
  return answer.return.map((node: { file?: unknown }) => String(node.file));
}
