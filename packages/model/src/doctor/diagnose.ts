import type { Severity } from '../check/finding.ts';
import { type DoctorFinding, Findings, worstOf } from './doctor-finding.ts';
import type { DoctorHost, DoctorInput, DoctorPair } from './doctor-input.ts';
import type { CertificateUse } from './host-examination.ts';
import {
  judgeAnswer,
  judgeIdentity,
  judgePairOfVersions,
  judgeShell,
  judgeVersions,
} from './rules-of-access.ts';
import { judgeAuthorities, judgeCertificates, judgeTls } from './rules-of-certificates.ts';
import { judgeBaseline, judgeMachineTypes, judgePairOfProcessors } from './rules-of-processors.ts';
import {
  judgeAutomatisms,
  judgeClock,
  judgeNetworks,
  judgeLocks,
  judgeOwners,
  judgeStopped,
  judgeStorage,
  judgeUserfaultfd,
} from './rules-of-surroundings.ts';
import { judgeLink, judgeMigrationPorts, judgeName, judgeOwnName, judgePeerDaemon } from './rules-of-ways.ts';

/** What is found at a fleet, host by host and way by way. */
export interface Diagnosis {
  /** For when certificates were judged. */
  readonly at: string;
  readonly hosts: readonly HostDiagnosis[];
  readonly pairs: readonly PairDiagnosis[];
}

export interface HostDiagnosis {
  readonly hostId: string;
  readonly host: string;
  readonly worst: Severity;
  readonly findings: readonly DoctorFinding[];
  readonly certificates: readonly CertificateEnd[];
}

/** When a certificate ends. */
export interface CertificateEnd {
  readonly use: CertificateUse;
  readonly path: string;
  /** UTC ISO 8601. */
  readonly notAfter: string;
}

/** Of moves from one host to another. */
export interface PairDiagnosis {
  readonly fromId: string;
  readonly toId: string;
  readonly from: string;
  readonly to: string;
  readonly worst: Severity;
  readonly findings: readonly DoctorFinding[];
}

/** Judges all that is known of hosts and of the ways between them. */
export function diagnose(input: DoctorInput): Diagnosis {
  const baseline = judgeBaseline(input);
  const hosts = input.hosts.map((one): HostDiagnosis => {
    const own = judgeHost(one, input.at);
    const findings = [...own, ...baseline.filter(({ host }) => host === one.host.name)];
    const { id, name } = one.host;
    return { hostId: id, host: name, worst: worstOf(findings), findings, certificates: endsOf(one) };
  });
  const byId = new Map(input.hosts.map((one) => [one.host.id, one]));
  const pairs = input.pairs.flatMap((pair): PairDiagnosis[] => {
    const [from, to] = [byId.get(pair.from), byId.get(pair.to)];
    if (from === undefined || to === undefined) return [];
    const back = input.pairs.find((other) => other.from === pair.to && other.to === pair.from) ?? null;
    const findings = judgePair(from, to, pair, back);
    const named = { fromId: pair.from, toId: pair.to, from: from.host.name, to: to.host.name };
    return [{ ...named, worst: worstOf(findings), findings }];
  });
  return { at: input.at, hosts, pairs };
}

function endsOf({ shell }: DoctorHost): CertificateEnd[] {
  if (shell.kind !== 'examined') return [];
  return shell.found.certificates.flatMap(({ use, path, certificate }) =>
    certificate === null ? [] : [{ use, path, notAfter: certificate.notAfter }],
  );
}

function judgeHost(host: DoctorHost, at: string): DoctorFinding[] {
  return [
    ...judgeAnswer(host),
    ...judgeShell(host),
    ...judgeVersions(host),
    ...judgeOwnName(host),
    ...judgeTls(host),
    ...judgeCertificates(host, at),
    ...judgeClock(host),
    ...judgeUserfaultfd(host),
    ...judgeStopped(host),
    ...judgeAutomatisms(host),
  ];
}

/** Of a pair of which one does not answer nothing more is known: why is the host's own finding. */
function judgePair(
  from: DoctorHost,
  to: DoctorHost,
  pair: DoctorPair,
  back: DoctorPair | null,
): DoctorFinding[] {
  const silent = [from, to].filter(({ host }) => host.service.state === 'down').map(({ host }) => host.name);
  if (silent.length > 0)
    return [
      new Findings('answers', from.host.name, to.host.name).unknown(
        `${silent.join(' and ')} ${silent.length === 1 ? 'does' : 'do'} not answer`,
        'See what is found at the host.',
      ),
    ];
  return [
    ...judgeIdentity(from, to),
    ...judgePairOfVersions(from, to),
    ...judgePairOfProcessors(from, to),
    ...judgeMachineTypes(from, to),
    ...judgeName(from, to, pair),
    ...judgePeerDaemon(from, to, pair),
    ...judgeMigrationPorts(from, to, pair),
    ...judgeAuthorities(from, to),
    ...judgeOwners(from, to),
    ...judgeStorage(from, to, pair),
    ...judgeLocks(from, to),
    ...judgeNetworks(from, to),
    ...judgeLink(from, to, pair, back),
  ];
}
