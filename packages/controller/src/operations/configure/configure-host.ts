import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConfigurationChange, HostConfigurer, HostExaminer, HypervisorHost } from '@ferry/hypervisor';
import {
  type ConfigurationPlan,
  type ConfiguredTransport,
  type DaemonFacts,
  type Host,
  type HostExamination,
  leadsBack,
  planConfiguration,
} from '@ferry/model';
import { placeOfUri } from '../doctor/try-pair.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { readHost } from '../facts/read-host.ts';
import { type ConfigurationProof, proveConfiguration } from './prove-configuration.ts';

/** What is wanted of a host. */
export interface ConfigureRequest {
  readonly transport: ConfiguredTransport;
  readonly rotate: boolean;
  /** Whether it may take the place of an authority that somebody else has put there. */
  readonly replaceAuthority: boolean;
  /** Only say what would be done. */
  readonly dryRun: boolean;
}

/** What became of it. */
export interface Configured {
  readonly host: string;
  readonly result: 'as-wanted' | 'planned' | 'configured';
  readonly plan: ConfigurationPlan;
  /** How the other hosts reach it from now on. */
  readonly peerUri: string;
  readonly proofs: readonly ConfigurationProof[];
}

const shellStartMs = 30_000;
/** After so long without a word from here a host puts everything back by itself. */
const undoSeconds = 120;
/** A libvirtd that has just begun asks its QEMU what it can, before it answers. */
const answerMs = 60_000;
const pauseMs = 500;

/** What is opened on a host for it. */
interface Shells {
  readonly hypervisor: HypervisorHost;
  readonly examiner: HostExaminer;
  readonly configurer: HostConfigurer;
}

/**
 * Has a host be as it is wanted: certificates, settings, its daemon. It answers afterwards, or all is put back, which the host
 * does by itself should nobody get there any more.
 */
export async function configureHost(
  services: Services,
  nameOrId: string,
  request: ConfigureRequest,
): Promise<Configured> {
  const host = await services.store.hosts.byNameOrId(nameOrId);
  if (host === null) throw new Refusal('host-not-found', `There is no host "${nameOrId}".`);
  return services.hostChanges.with(host.uri, async () => {
    const shells = await openShells(services, host);
    try {
      return await configureBy(services, host, request, shells);
    } finally {
      shells.examiner.close();
      shells.configurer.close();
    }
  });
}

async function configureBy(
  services: Services,
  host: Host,
  request: ConfigureRequest,
  shells: Shells,
): Promise<Configured> {
  const { examiner, configurer } = shells;
  const examination = await examiner.examine();
  const names = namesOf(host, examination);
  const daemon = await daemonOf(host, examination, configurer);
  const facts = { examination, daemon, qemuOwner: host.facts?.qemuOwner ?? null };
  const wanted = {
    ...request,
    names,
    authority: await services.hostAuthority.fingerprint(),
    at: services.store.now(),
  };
  const plan = planConfiguration(facts, wanted);
  const peerUri = peerUriOf(host, names, request.transport);
  const isDone = plan.files.length === 0 && plan.settings.length === 0 && plan.restart === null;
  const why = services.hostUris.whyNotPeer(peerUri);
  if (why !== null) throw new Refusal('bad-request', `The host is not configured: ${why}.`);
  const told = { host: host.name, plan, peerUri };
  if (request.dryRun) return { ...told, result: isDone ? 'as-wanted' : 'planned', proofs: [] };
  if (plan.othersAuthorities.length > 0 && !request.replaceAuthority)
    throw new Refusal(
      'configure-failed',
      `${host.name} has the certificate of another authority at ${plan.othersAuthorities.join(', ')}: nothing was changed. Whoever trusts that one (virt-manager, other tools, other hosts) does not believe ${host.name} any more once it is replaced. If nobody needs it, say so (--replace-authority, replaceAuthority); with several controllers, copy host-authority/ of the one that made it to this one.`,
    );
  if (!isDone) await change(services, host, shells, await changeOf(services, plan, names));
  await services.store.hosts.setPeerUri(host.id, peerUri);
  const proofs = await proveConfiguration(services, { ...host, peerUri }, examiner, request.transport);
  return { ...told, result: isDone ? 'as-wanted' : 'configured', proofs };
}

async function openShells(services: Services, host: Host): Promise<Shells> {
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

async function daemonOf(
  host: Host,
  { units }: HostExamination,
  configurer: HostConfigurer,
): Promise<DaemonFacts> {
  if (units !== null) {
    const isModular = units['virtqemud.service']?.active === 'active';
    return { kind: 'systemd', service: isModular ? 'virtproxyd' : 'libvirtd' };
  }
  const { argv } = await configurer.daemon();
  if (argv.some((word) => word === '--daemon' || /^-[a-z]*d/.test(word))) return { kind: 'process', argv };
  const what = argv.length === 0 ? 'none was found' : `it runs as "${argv.join(' ')}"`;
  throw new Refusal(
    'configure-failed',
    `How libvirtd of ${host.name} is started anew is not known (no systemd, and ${what}, not with -d): nothing was changed.`,
  );
}

/** By which names and addresses the host is reached by anybody. */
function namesOf(host: Host, { hostname, addresses }: HostExamination): string[] {
  const ofUris = [host.uri, host.peerUri].flatMap((uri) => placeOfUri(uri)?.name ?? []);
  const all = [hostname, host.facts?.hostname ?? '', ...ofUris, ...addresses];
  const plain = all.map((name) => name.replace(/\.$/, '')).filter((name) => name !== '' && !leadsBack(name));
  return [...new Set(plain)];
}

function peerUriOf(host: Host, names: readonly string[], transport: ConfiguredTransport): string {
  if (transport === 'ssh') return host.peerUri;
  const place = placeOfUri(host.peerUri)?.name ?? placeOfUri(host.uri)?.name ?? names[0] ?? host.name;
  return `qemu+${transport}://${place.includes(':') ? `[${place}]` : place}/system`;
}

async function changeOf(
  { hostAuthority }: Services,
  plan: ConfigurationPlan,
  names: readonly string[],
): Promise<ConfigurationChange> {
  const signed = plan.files.length === 0 ? null : await hostAuthority.sign(names);
  const files = plan.files.map(({ part, path, mode, gid }) => {
    const content =
      part === 'authority' ? signed?.authority : part === 'key' ? signed?.key : signed?.certificate;
    return { path, mode, gid, content: content ?? '' };
  });
  const settings = plan.settings.map(({ path, name, after }) => ({ path, values: { [name]: after } }));
  return { id: randomUUID(), files, settings, restart: plan.restart, seconds: undoSeconds };
}

/** Changes it, and sees that it answers; else all is put back. */
async function change(
  services: Services,
  host: Host,
  { configurer }: Shells,
  changes: ConfigurationChange,
): Promise<void> {
  const log = { host: host.name, change: changes.id };
  services.log.info(log, 'a host is configured');
  try {
    await configurer.apply(changes);
    await answers(services, host);
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
