import { CopyFailure, type FileReceiver, type FileSender, type HostShell } from '@ferry/hypervisor';
import type { ProgramFound } from '@ferry/model';
import { sourceOf, targetOf } from '../../context/move-context.ts';
import type { Copying } from './copying.ts';

/** The copying programs of both hosts as far as they run, and what was found where they do not. */
export interface Programs extends Disposable {
  readonly sender: FileSender | null;
  readonly receiver: FileReceiver | null;
  readonly source: ProgramFound;
  readonly target: ProgramFound;
}

/** Starts the copying program on both hosts, where their URIs give a shell on both. Its disposal ends them. */
export async function openPrograms({ context, signal }: Copying): Promise<Programs> {
  const [here, there] = [sourceOf(context).shell, targetOf(context).shell];
  const call = { signal };
  if (here === null || there === null) {
    const { name } = here === null ? context.input.source : context.input.target;
    const found: ProgramFound = { runs: false, because: `the URI of ${name} gives no shell` };
    return {
      sender: null,
      receiver: null,
      source: found,
      target: found,
      [Symbol.dispose]: () => undefined,
    };
  }
  const [source, target] = await Promise.all([
    started((shell) => shell.sender(call), here),
    started((shell) => shell.receiver(call), there),
  ]);
  const close = (): void => {
    source.program?.close();
    target.program?.close();
  };
  if (signal.aborted) close();
  signal.throwIfAborted();
  return {
    sender: source.program,
    receiver: target.program,
    source: source.found,
    target: target.found,
    [Symbol.dispose]: close,
  };
}

async function started<T extends FileSender | FileReceiver>(
  start: (shell: HostShell) => Promise<T>,
  shell: HostShell,
): Promise<{ program: T | null; found: ProgramFound }> {
  try {
    const program = await start(shell);
    return { program, found: { runs: true, facts: program.facts } };
  } catch (error) {
    if (!(error instanceof CopyFailure)) throw error;
    return { program: null, found: { runs: false, because: error.message } };
  }
}
