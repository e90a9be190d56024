import type { ConfigurationChange, HostConfigurer } from '@ferry/hypervisor';
import {
  type ConfigurationPlan,
  type ConfiguredTransport,
  type DaemonFacts,
  type Host,
  type HostExamination,
  leadsBack,
  placeOfUri,
  planConfiguration,
} from '@ferry/model';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { changeHost, emptyChange, openRootShells, type RootShells } from './change-host.ts';
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
    const shells = await openRootShells(services, host);
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
  shells: RootShells,
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
  if (!isDone) await changeHost(services, host, shells, await changeOf(services, plan, names));
  await services.store.hosts.setPeerUri(host.id, peerUri);
  const proofs = await proveConfiguration(services, { ...host, peerUri }, examiner, request.transport);
  return { ...told, result: isDone ? 'as-wanted' : 'configured', proofs };
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
  return { ...emptyChange(), files, settings, restart: plan.restart };
}
