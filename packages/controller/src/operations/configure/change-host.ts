import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConfigurationChange, HostConfigurer, HostExaminer, HypervisorHost } from '@ferry/hypervisor';
import type { Host } from '@ferry/model';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { readHost } from '../facts/read-host.ts';

const shellStartMs = 30_000;
/** After so long without a word from here a host puts everything back by itself. */
const undoSeconds = 120;
/** A libvirtd that has just begun asks its QEMU what it can, before it answers. */
const answerMs = 60_000;
const pauseMs = 500;

/** What is opened on a host for a change of it. */
export interface RootShells {
  readonly hypervisor: HypervisorHost;
  readonly examiner: HostExaminer;
  readonly configurer: HostConfigurer;
}

/** Opens a host's shells. Throws Refusal where it does not answer, has none, or one that is not root's. */
export async function openRootShells(services: Services, host: Host): Promise<RootShells> {
  const reading = await readHost(services, host, { deadlineMs: services.limits.inspectMs });
  if (reading.kind !== 'answers')
    throw new Refusal('host-unreachable', `${host.name} does not answer: ${reading.reason}.`);
  const { shell } = reading.hypervisor;
  if (shell === null)
    throw new Refusal(
      'configure-failed',
      `${host.name} is reached at ${host.uri}, which gives no shell: nothing was changed. Add it by ssh, as root (qemu+ssh://root@${host.name}/system).`,
    );
  const examiner = await shell.examiner({ deadlineMs: shellStartMs });
  try {
    const configurer = await shell.configurer({ deadlineMs: shellStartMs });
    if (configurer.facts.root) return { hypervisor: reading.hypervisor, examiner, configurer };
    configurer.close();
    throw new Refusal(
      'configure-failed',
      `The shell of ${host.name} is not root's: nothing was changed. Reach it as root (qemu+ssh://root@…).`,
    );
  } catch (error) {
    examiner.close();
    throw error;
  }
}

/** A change of nothing yet, under a name of its own. */
export function emptyChange(): ConfigurationChange {
  return {
    id: randomUUID(),
    files: [],
    settings: [],
    edits: [],
    commands: [],
    restart: null,
    seconds: undoSeconds,
  };
}

/** Changes it, and sees that it answers, and what else has to be well, which throws where it is not; else all is put back. */
export async function changeHost(
  services: Services,
  host: Host,
  { configurer }: RootShells,
  changes: ConfigurationChange,
  seeThatWell: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const log = { host: host.name, change: changes.id };
  services.log.info(log, 'a host is configured');
  try {
    await configurer.apply(changes);
    await answers(services, host);
    await seeThatWell();
    if (await configurer.confirm(changes.id)) return;
    throw new Error('it took too long, and the host has put everything back');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const isBack = await configurer.rollBack(changes.id).catch(() => false);
    services.log.error({ ...log, err: error, isBack }, 'a host could not be configured');
    const then = isBack
      ? 'everything was put back'
      : `the host puts everything back by itself within ${undoSeconds} s (/var/lib/ferry-configure/${changes.id} there)`;
    throw new Refusal(
      'configure-failed',
      `${host.name} is not as it was wanted: ${why}; ${then}.`,
      [],
      error,
    );
  }
}

async function answers(services: Services, host: Host): Promise<void> {
  const end = performance.now() + answerMs;
  for (;;) {
    const reading = await readHost(services, host, { deadlineMs: services.limits.inspectMs });
    if (reading.kind === 'answers') return;
    if (performance.now() > end) throw new Error(`it did not answer afterwards: ${reading.reason}`);
    await sleep(pauseMs);
  }
}
