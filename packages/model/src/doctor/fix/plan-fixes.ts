import type { Diagnosis } from '../diagnose.ts';
import type { DoctorFinding } from '../doctor-finding.ts';
import type { DoctorInput } from '../doctor-input.ts';
import { type DoctorFix, type FixPlan, left, type LeftFinding, type Mending } from './doctor-fix.ts';
import { mendCertificate, mendMissingCertificates } from './fix-certificates.ts';
import { mendMigrationPorts, mendPeerDaemon } from './fix-firewall.ts';
import { mendName, mendOwnName } from './fix-names.ts';
import type { FixPlace } from './fix-place.ts';
import { mendClock, mendUserfaultfd } from './fix-system.ts';
import { type DoctorCode, fixTable } from './fix-table.ts';

/** What fixes are planned by. */
export interface FixFacts {
  readonly input: DoctorInput;
  readonly diagnosis: Diagnosis;
  /** SHA-256 of this controller's authority; null: it has none yet. */
  readonly authority: string | null;
  /** Ids of hosts whose shell is root's. */
  readonly roots: ReadonlySet<string>;
}

/** A rule for each finding of which fixTable says that it is mended, in part or always. */
const rules: { readonly [Code in MendedCode]: (place: FixPlace) => Mending } = {
  'own-name': mendOwnName,
  certificate: mendCertificate,
  'migration-tls': mendMissingCertificates,
  'libvirt-tls': mendMissingCertificates,
  clock: mendClock,
  userfaultfd: mendUserfaultfd,
  name: mendName,
  'peer-daemon': mendPeerDaemon,
  'migration-ports': mendMigrationPorts,
};

type MendedCode = {
  [Code in DoctorCode]: (typeof fixTable)[Code]['fixed'] extends 'no' ? never : Code;
}[DoctorCode];

/** For each finding that something is wrong: what mends it over the host's shell, or why a person has to. */
export function planFixes(facts: FixFacts): FixPlan {
  const { hosts, pairs } = facts.diagnosis;
  const wrong = [...hosts, ...pairs]
    .flatMap(({ findings }) => findings)
    .filter(({ severity }) => severity === 'warning' || severity === 'error' || severity === 'unknown');
  const fixes: DoctorFix[] = [];
  const leftOver: LeftFinding[] = [];
  for (const finding of wrong) {
    const mending = mendingOf(facts, finding);
    if (mending.kind === 'left') leftOver.push({ finding, why: mending.why });
    else fixes.push({ ...mending.fix, code: finding.code as DoctorCode, finding });
  }
  return { fixes, left: leftOver };
}

function mendingOf({ input, authority, roots }: FixFacts, finding: DoctorFinding): Mending {
  const rule = ruleOf(finding.code);
  const host = input.hosts.find((one) => one.host.name === finding.host);
  if (rule === null || host === undefined) return left(whyNever(finding.code));
  if (finding.severity === 'unknown') return left('it is not known whether anything is wrong');
  const to = input.hosts.find((one) => one.host.name === finding.peer) ?? null;
  const pair = input.pairs.find((one) => one.from === host.host.id && one.to === to?.host.id);
  const way = to === null || pair === undefined ? null : { to, pair };
  const mending = rule({ finding, host, way, authority });
  if (mending.kind === 'left' || roots.has(mending.fix.on)) return mending;
  const on = input.hosts.find((one) => one.host.id === mending.fix.on)?.host.name ?? '';
  return left(`the shell of ${on} is not root's: add it as root (qemu+ssh://root@…), or see the commands`);
}

function ruleOf(code: string): ((place: FixPlace) => Mending) | null {
  return Object.hasOwn(rules, code) ? rules[code as MendedCode] : null;
}

function whyNever(code: string): string {
  return Object.hasOwn(fixTable, code) ? fixTable[code as DoctorCode].what : 'nothing is known that mends it';
}
