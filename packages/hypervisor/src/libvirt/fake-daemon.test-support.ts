import type { ProcedureName } from '@ferry/libvirt';
import { HypervisorError } from '../contract/errors.ts';
import type { HostConnection } from './host-connection.ts';

const uri = 'qemu+tcp://host/system';

/** A libvirtd with these answers, and the calls that it got. An answer that is an error code is thrown. */
export function fakeDaemon(
  answers: Partial<Record<ProcedureName, (args: Record<string, unknown>) => unknown>>,
): {
  readonly connection: HostConnection;
  readonly calls: string[];
} {
  const calls: string[] = [];
  const call = (name: ProcedureName, args: Record<string, unknown>): Promise<unknown> => {
    calls.push(name);
    const answer = answers[name]?.(args) ?? {};
    return typeof answer === 'string'
      ? Promise.reject(new HypervisorError(answer as HypervisorError['code'], uri, answer))
      : Promise.resolve(answer);
  };
  return { connection: { uri, call } as unknown as HostConnection, calls };
}
