import type { ChildProcess } from 'node:child_process';
import { HypervisorError } from '@ferry/hypervisor';
import { SimulatedHypervisor, type SimulatedWorld } from '@ferry/hypervisor/simulated';
import type { FromHosts, ToHosts, ToldError } from './ask-of-hosts.ts';

type Method = (...args: unknown[]) => Promise<unknown>;
type Ask = Extract<ToHosts, { readonly kind: 'ask' }>;

/** An end of a migration: libvirt takes back what is half done when its client is gone. */
interface End {
  close(): Promise<void>;
}

/**
 * Answers a controller in a process of its own in the name of simulated hosts. When that process ends, all that hung on its
 * connections ends as well, as with libvirt.
 */
export function serveHosts(world: SimulatedWorld, controller: ChildProcess): void {
  const hypervisor = new SimulatedHypervisor(world);
  const ends = new Map<number, End>();
  const calls = new Map<number, AbortController>();
  const send = (message: FromHosts): void => {
    if (controller.connected) controller.send(message);
  };
  const answer = async ({ id, on, method, args }: Ask): Promise<void> => {
    const call = new AbortController();
    calls.set(id, call);
    try {
      const asked = typeof on === 'string' ? hypervisor.host(on) : ends.get(on);
      const value = await invoke(
        asked,
        method,
        args.map((one) => withSignal(one, call.signal)),
      );
      if (!isEnd(value)) {
        send({ kind: 'answer', id, value });
        return;
      }
      if (!controller.connected) await value.close();
      ends.set(id, value);
      send({ kind: 'opened', id, end: id });
    } catch (error) {
      send({ kind: 'error', id, error: told(error) });
    } finally {
      calls.delete(id);
    }
  };
  controller.on('message', (message: ToHosts) => {
    if (message.kind === 'ask') void answer(message);
    if (message.kind === 'give-up') calls.get(message.id)?.abort();
  });
  controller.once('exit', () => {
    for (const call of calls.values()) call.abort();
    for (const end of ends.values()) void end.close();
  });
}

function invoke(asked: unknown, path: string, args: readonly unknown[]): Promise<unknown> {
  const names = path.split('.');
  const name = names.pop() ?? '';
  const part = names.reduce<unknown>((from, one) => (from as Record<string, unknown>)[one], asked);
  const method = (part as Record<string, Method | undefined> | undefined)?.[name];
  if (method === undefined) throw new Error(`simulated hosts have no ${path}`);
  return method.apply(part, [...args]);
}

function withSignal(arg: unknown, signal: AbortSignal): unknown {
  if (typeof arg !== 'object' || arg === null || !('signal' in arg) || arg.signal === undefined) return arg;
  return { ...arg, signal };
}

function isEnd(value: unknown): value is End {
  return typeof value === 'object' && value !== null && 'close' in value;
}

function told(error: unknown): ToldError {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof HypervisorError)) return { message, ofHost: null };
  const { code, host, mayHaveRun } = error;
  return { message, ofHost: { code, host, mayHaveRun } };
}
