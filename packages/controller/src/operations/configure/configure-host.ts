import type { ConfigurationChange, HostConfigurer } from '@ferry/hypervisor';
import {
  certificateRoles,
  type ConfigurationPlan,
  type ConfiguredTransport,
  type DaemonFacts,
  daemonFactsOf,
  type Host,
  type HostExamination,
  placeOfUri,
  planConfiguration,
  roleOfUse,
} from '@ferry/model';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { namesOf, requireGood } from './certificate-requests.ts';
import { changeHost, emptyChange, openRootShells, type RootShells } from './change-host.ts';
import { fingerprintOf, type GoodCertificates, type SignedCertificates } from './judge-certificates.ts';
import { type ConfigurationProof, proveConfiguration, seeThatItListens } from './prove-configuration.ts';

/** What is wanted of a host. */
export interface ConfigureRequest {
  readonly transport: ConfiguredTransport;
  readonly rotate: boolean;
  /** Whether it may take the place of an authority that somebody else has put there. */
  readonly replaceAuthority: boolean;
  /** Only say what would be done. */
  readonly dryRun: boolean;
  /** Signed by an authority outside of the controller, for keys that wait on the host; null: the controller's own signs. */
  readonly certificates: SignedCertificates | null;
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
  const at = services.store.now();
  const given =
    request.certificates === null
      ? null
      : await requireGood(host, request.certificates, { configurer, examination, names, at });
  const authority =
    given === null ? await services.hostAuthority.fingerprint() : fingerprintOf(given.authority);
  const wanted = { ...request, rotate: request.rotate || given !== null, names, authority, at };
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
  const isHeard = (): Promise<void> =>
    request.transport === 'tls' && plan.restart !== null
      ? seeThatItListens({ ...host, peerUri }, examiner)
      : Promise.resolve();
  if (!isDone)
    await changeHost(
      services,
      host,
      shells,
      await changeOf(services, { plan, names, given, examination }),
      isHeard,
    );
  if (given !== null) await configurer.forgetKeys(certificateRoles);
  await services.store.hosts.setPeerUri(host.id, peerUri);
  const proofs = await proveConfiguration(services, { ...host, peerUri }, examiner, request.transport);
  return { ...told, result: isDone ? 'as-wanted' : 'configured', proofs };
}

async function daemonOf(
  host: Host,
  examination: HostExamination,
  configurer: HostConfigurer,
): Promise<DaemonFacts> {
  const found = daemonFactsOf(examination, await configurer.daemons());
  if (!('problem' in found)) return found;
  throw new Refusal('configure-failed', `${host.name}: ${found.problem}. Nothing was changed.`);
}

function peerUriOf(host: Host, names: readonly string[], transport: ConfiguredTransport): string {
  if (transport === 'ssh') return host.peerUri;
  const place = placeOfUri(host.peerUri)?.name ?? placeOfUri(host.uri)?.name ?? names[0] ?? host.name;
  return `qemu+${transport}://${place.includes(':') ? `[${place}]` : place}/system`;
}

async function changeOf(
  { hostAuthority }: Services,
  {
    plan,
    names,
    given,
    examination,
  }: {
    readonly plan: ConfigurationPlan;
    readonly names: readonly string[];
    readonly given: GoodCertificates | null;
    readonly examination: HostExamination;
  },
): Promise<ConfigurationChange> {
  const signed = plan.files.length === 0 || given !== null ? null : await hostAuthority.sign(names);
  const files = plan.files.map(({ use, part, path, mode, gid }) => {
    const role = roleOfUse(use, examination.certificates);
    const ofGiven =
      part === 'authority' || role === null
        ? given?.authority
        : part === 'key'
          ? { waitingKey: role }
          : given?.of[role];
    const ofOwn =
      part === 'authority' ? signed?.authority : part === 'key' ? signed?.key : signed?.certificate;
    return { path, mode, gid, content: (given === null ? ofOwn : ofGiven) ?? '' };
  });
  const settings = plan.settings.map(({ path, name, after }) => ({ path, values: { [name]: after } }));
  return { ...emptyChange(), files, settings, restart: plan.restart };
}
