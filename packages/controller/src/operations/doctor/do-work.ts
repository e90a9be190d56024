import type { Host } from '@ferry/model';
import { changeHost, emptyChange, openRootShells } from '../configure/change-host.ts';
import { configureHost } from '../configure/configure-host.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { commandLinesOf, type HostWork, linesOfConfiguration } from './host-work.ts';

/** What became of the work on a host. */
export interface DoneWork {
  readonly result: 'planned' | 'changed' | 'not-changed';
  /** Why not all of it was done, and what became of what was begun; null: all was done. */
  readonly problem: string | null;
  /** What is changed there: commands, and files as diffs. */
  readonly lines: readonly string[];
  /** Directory there in which what was changed is kept; null: none. */
  readonly backup: string | null;
}

/** Says what the work would change. Nothing is changed by that. */
export async function showWork(services: Services, work: HostWork): Promise<DoneWork> {
  try {
    const lines = await linesOf(services, await hostOf(services, work), work);
    return { result: 'planned', problem: null, lines, backup: null };
  } catch (error) {
    return { result: 'not-changed', problem: wordsOf(error), lines: [], backup: null };
  }
}

/** Does the work. It never throws: what went wrong on one host stops no other. */
export async function doWork(services: Services, work: HostWork): Promise<DoneWork> {
  let lines: readonly string[] = [];
  let backup: string | null = null;
  const { hostId } = work;
  try {
    const host = await hostOf(services, work);
    lines = await linesOf(services, host, work);
    await services.store.hosts.tell(hostId, `the doctor mends: ${codesOf(work)}`);
    if (work.edits.length > 0 || work.commands.length > 0) {
      const change = { ...emptyChange(), edits: work.edits, commands: work.commands };
      await services.hostChanges.with(host.uri, async () => {
        const shells = await openRootShells(services, host);
        try {
          await changeHost(services, host, shells, change);
        } finally {
          shells.examiner.close();
          shells.configurer.close();
        }
      });
      backup = `/var/lib/ferry-configure/${change.id}`;
      await services.store.hosts.tell(hostId, 'the doctor has changed files and run commands');
    }
    if (work.configure !== null) {
      const request = { ...work.configure, replaceAuthority: false, dryRun: false, certificates: null };
      await configureHost(services, host.id, request);
      await services.store.hosts.tell(hostId, 'the doctor has configured it');
    }
    return { result: 'changed', problem: null, lines, backup };
  } catch (error) {
    const problem = wordsOf(error);
    services.log.warn({ host: hostId, err: error }, 'what the doctor found was not mended');
    await services.store.hosts.tell(hostId, `the doctor could not mend it: ${problem}`);
    return { result: backup === null ? 'not-changed' : 'changed', problem, lines, backup };
  }
}

async function linesOf(services: Services, host: Host, work: HostWork): Promise<string[]> {
  const shells = await openRootShells(services, host);
  try {
    const diff = work.edits.length === 0 ? [] : await shells.configurer.preview(work.edits);
    const own = [...diff, ...commandLinesOf(work.commands)];
    if (work.configure === null) return own;
    const request = { ...work.configure, replaceAuthority: false, dryRun: true, certificates: null };
    return [...own, ...linesOfConfiguration((await configureHost(services, host.id, request)).plan)];
  } finally {
    shells.examiner.close();
    shells.configurer.close();
  }
}

async function hostOf({ store }: Services, { hostId }: HostWork): Promise<Host> {
  const host = await store.hosts.byNameOrId(hostId);
  if (host === null) throw new Refusal('host-not-found', 'The host was removed meanwhile.');
  return host;
}

function codesOf({ fixes }: HostWork): string {
  return [...new Set(fixes.map(({ code }) => code))].join(', ');
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
