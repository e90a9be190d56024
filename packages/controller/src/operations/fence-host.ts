import { execFile } from 'node:child_process';
import type { Host } from '@ferry/model';
import { Refusal } from './shared/refusal.ts';
import { readHost } from './shared/read-host.ts';
import type { Services } from './shared/services.ts';

/** Longest wait for a hook: a power switch and its check take seconds. */
const hookMs = 120_000;

/**
 * Has a host that does not answer powered off by the operator's hook, or takes an operator's word that it is. The hook gets
 * the host's name as its argument, and says by its exit code 0 that the host is off.
 */
export async function fenceHost(
  services: Services,
  nameOrId: string,
  word: { readonly poweredOff: boolean },
): Promise<Host> {
  const { store, fenceHook = null } = services;
  const host = await store.hosts.byNameOrId(nameOrId);
  if (host === null) throw new Refusal('host-not-found', `There is no host "${nameOrId}".`);
  await requireSilent(services, host);
  if (fenceHook === null && !word.poweredOff)
    throw new Refusal('fence-needed', `No hook is set that could power ${host.name} off.`);
  if (fenceHook !== null) await runHook(fenceHook, host);
  const by = fenceHook === null ? 'an operator' : `the hook ${fenceHook}`;
  const fence = { at: new Date().toISOString(), by };
  await store.hosts.setFence(host.id, fence);
  return { ...host, fence };
}

async function requireSilent(services: Services, host: Host): Promise<void> {
  const reading = await readHost(services, host, { deadlineMs: services.limits.inspectMs });
  if (reading.kind === 'answers')
    throw new Refusal('host-answers', `${host.name} answers: its instances can be moved from it.`);
}

function runHook(hook: string, { name, id, uri }: Host): Promise<void> {
  const env = { ...process.env, FERRY_HOST: name, FERRY_HOST_ID: id, FERRY_HOST_URI: uri };
  return new Promise((resolve, reject) => {
    execFile(hook, [name], { env, timeout: hookMs, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      if (error === null) return resolve();
      const said = `${stdout}${stderr}`.trim().slice(0, 500);
      const why =
        error.killed === true ? `did not end within ${hookMs / 1000} s` : error.message.split('\n')[0];
      const message = `The hook did not power ${name} off: ${why}${said === '' ? '' : `. It says: ${said}`}`;
      return reject(new Refusal('fence-failed', message, [], error));
    });
  });
}
