import { dirname } from 'node:path';
import { type Call, HypervisorError, type HypervisorHost } from '@ferry/hypervisor';
import { instanceFiles, isFileOfInstance } from '@ferry/model';
import { refusalOf } from '../shared/host-error.ts';
import { Refusal } from '../shared/refusal.ts';
import type { Services } from '../shared/services.ts';

/** So much of it is read at most: as Nova's `MAX_CONSOLE_BYTES`. */
const mostBytes = 100 * 1024;

/**
 * The last lines that a guest has written to its serial console; null: as many as are read. Empty for one that was adopted:
 * where its console goes is its own matter.
 */
export async function consoleOutput(
  services: Services,
  instanceId: string,
  lines: number | null,
): Promise<string> {
  const instance = await services.store.instances.byId(instanceId);
  const host = instance === null ? null : await services.store.hosts.byId(instance.hostId);
  if (host === null) throw new Refusal('instance-not-found', `Instance ${instanceId} could not be found.`);
  const there = services.hypervisor.host(host.uri);
  const call = { deadlineMs: services.limits.inspectMs };
  try {
    const path = await logOf(there, instanceId, call);
    if (path === null) return '';
    const text = await tailOf(there, path, call);
    return lines === null ? text : lastLines(text, lines);
  } catch (error) {
    throw refusalOf(error);
  }
}

/** Beside its disk, where Ferry made that. */
async function logOf(there: HypervisorHost, instanceId: string, call: Call): Promise<string | null> {
  const facts = await there.domains.domain(instanceId, call);
  const own = (facts?.disks ?? []).find(({ path }) => path !== null && isFileOfInstance(instanceId, path));
  return own?.path == null ? null : instanceFiles(dirname(own.path), instanceId).consoleLog;
}

async function tailOf(there: HypervisorHost, path: string, call: Call): Promise<string> {
  try {
    const { lengthBytes } = await there.storage.fileState(path, call);
    const offsetBytes = Math.max(0, lengthBytes - mostBytes);
    const piece = { offsetBytes, lengthBytes: lengthBytes - offsetBytes };
    if (piece.lengthBytes === 0) return '';
    const parts: Buffer[] = [];
    for await (const chunk of there.storage.readImage(path, call, piece))
      parts.push(chunk.kind === 'data' ? Buffer.from(chunk.bytes) : Buffer.alloc(chunk.lengthBytes));
    return Buffer.concat(parts).toString('utf8');
  } catch (error) {
    // It has not written anything yet.
    if (error instanceof HypervisorError && error.code === 'no-image') return '';
    throw error;
  }
}

function lastLines(text: string, count: number): string {
  if (count === 0) return '';
  const all = text.split('\n');
  const end = all.at(-1) === '' ? 1 : 0;
  return all.slice(Math.max(0, all.length - count - end)).join('\n');
}
