import type { Call, HostExaminer, HypervisorHost } from '@ferry/hypervisor';
import type { DoctorHost, DoctorInput, Host } from '@ferry/model';
import { readHost } from '../facts/read-host.ts';
import type { Services } from '../engine/services.ts';

/** One host as it was found, with what more can be asked of it. */
export interface ExaminedHost {
  readonly found: DoctorHost;
  /** Null: it does not answer. */
  readonly hypervisor: HypervisorHost | null;
  /** To be closed; null: it has no shell. */
  readonly examiner: HostExaminer | null;
}

/** An interpreter starts behind ssh, on a host that may be busy. */
const shellStartMs = 30_000;

/** Asks a host all that is told of it alone. What cannot be had is null; it never throws. */
export async function examineHost(
  services: Services,
  host: Host,
  signal: AbortSignal,
): Promise<ExaminedHost> {
  const call: Call = { deadlineMs: services.limits.inspectMs, signal };
  const reading = await readHost(services, host, call);
  if (reading.kind !== 'answers') {
    const shell = { kind: 'none', why: 'it does not answer' } as const;
    const found = { host: reading.host, cpu: null, autostart: null, directories: null, shell };
    return { found, hypervisor: null, examiner: null };
  }
  const { hypervisor } = reading;
  const [cpu, domains, directories, examined] = await Promise.all([
    orNull(hypervisor.hardware.facts(call)),
    orNull(hypervisor.domains.list(call)),
    orNull(hypervisor.pools.directories(call)),
    examineByShell(hypervisor, signal),
  ]);
  return {
    hypervisor,
    examiner: examined.examiner,
    found: {
      host: reading.host,
      cpu: cpu?.cpu ?? null,
      autostart: domains?.filter(({ autostart }) => autostart).map(({ name }) => name) ?? null,
      directories,
      shell: examined.shell,
    },
  };
}

async function examineByShell(
  { shell, uri }: HypervisorHost,
  signal: AbortSignal,
): Promise<{ readonly shell: DoctorHost['shell']; readonly examiner: HostExaminer | null }> {
  if (shell === null)
    return { shell: { kind: 'none', why: `${schemeOf(uri)} leads to libvirtd alone` }, examiner: null };
  let examiner: HostExaminer | null = null;
  try {
    examiner = await shell.examiner({ deadlineMs: shellStartMs, signal });
    return { shell: { kind: 'examined', found: await examiner.examine() }, examiner };
  } catch (error) {
    examiner?.close();
    return { shell: { kind: 'none', why: wordsOf(error) }, examiner: null };
  }
}

/** The processor that all of them can give; null: there are not two that answer. */
export async function commonProcessor(
  services: Services,
  hosts: readonly ExaminedHost[],
): Promise<DoctorInput['baseline']> {
  const call: Call = { deadlineMs: services.limits.inspectMs };
  const answering = hosts.flatMap(({ hypervisor }) => hypervisor ?? []);
  const [first] = answering;
  if (first === undefined || answering.length < 2) return null;
  try {
    const all = await Promise.all(answering.map((one) => one.hardware.processor(call)));
    return { xml: await first.hardware.commonProcessor([...new Set(all)], call) };
  } catch (error) {
    return { problem: wordsOf(error) };
  }
}

async function orNull<T>(question: Promise<T>): Promise<T | null> {
  try {
    return await question;
  } catch {
    // That it is not known is found and told.
    return null;
  }
}

function schemeOf(uri: string): string {
  return uri.split('://')[0] ?? uri;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
