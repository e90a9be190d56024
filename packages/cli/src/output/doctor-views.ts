import { styleText } from 'node:util';
import type { DiagnosisBody, DoctorFindingBody, FindingBody } from '@ferry/api';
import { formatFindings } from './findings.ts';
import { formatTable } from './table.ts';

type Severity = FindingBody['severity'];

const words: Readonly<Record<Severity, string>> = {
  ok: 'ok',
  info: 'ok',
  warning: 'warning',
  unknown: 'unknown',
  error: 'ERROR',
};
const isQuiet = (severity: Severity): boolean => severity === 'ok' || severity === 'info';

/** What is found, host by host, then a matrix of the ways, then what is found on each. `all`: also what is well. */
export function formatDiagnosis({ hosts, pairs }: DiagnosisBody, all: boolean): string {
  const shown = (findings: readonly DoctorFindingBody[], quiet: Severity): DoctorFindingBody[] =>
    findings.filter(({ severity }) => all || severity === quiet || !isQuiet(severity));
  const ofHosts = hosts.map(({ host, findings }) =>
    section(`host ${host}`, findings, shown(findings, 'info')),
  );
  // There are many ways: of those that are well the matrix is enough, and what was measured.
  const ofPairs = pairs
    .map(({ from, to, findings }) => ({
      name: `${from} -> ${to}`,
      findings,
      told: findings.filter((one) => all || !isQuiet(one.severity) || one.code === 'throughput'),
    }))
    .filter(({ told }) => told.length > 0)
    .map(({ name, findings, told }) => section(name, findings, told));
  const matrix = pairs.length === 0 ? [] : [formatMatrix(pairs)];
  return [...ofHosts, ...matrix, ...ofPairs].join('\n\n');
}

function section(
  name: string,
  findings: readonly DoctorFindingBody[],
  told: readonly DoctorFindingBody[],
): string {
  const well = findings.filter(({ severity }) => isQuiet(severity)).length;
  const head = styleText('bold', name, { stream: process.stdout });
  const blocks = told.map((one) => [formatFindings([one]), ...commandLines(one)].join('\n'));
  return [`${head}: ${well} of ${findings.length} are well`, ...blocks].join('\n');
}

/** What to type; both families' commands where they differ. */
export function commandLines({
  commands,
  severity,
}: Pick<DoctorFindingBody, 'commands' | 'severity'>): string[] {
  if (commands === null || isQuiet(severity)) return [];
  if (commands.debian.join('\n') === commands.redhat.join('\n')) return linesOf(commands.debian, '');
  return [...linesOf(commands.debian, 'Debian: '), ...linesOf(commands.redhat, 'RHEL:   ')];
}

function linesOf(commands: readonly string[], family: string): string[] {
  return commands.map((one) => `           ${family}$ ${one}`);
}

/** From each host, a line, to each, a column: the worst that was found. */
function formatMatrix(pairs: DiagnosisBody['pairs']): string {
  const names = [...new Set(pairs.flatMap(({ from, to }) => [from, to]))];
  const cell = (from: string, to: string): string => {
    if (from === to) return '-';
    const pair = pairs.find((one) => one.from === from && one.to === to);
    if (pair === undefined) return 'not tried';
    const count = pair.findings.filter(({ severity }) => severity === pair.worst).length;
    return isQuiet(pair.worst) ? words[pair.worst] : `${words[pair.worst]} ${count}`;
  };
  return formatTable(
    [{ heading: 'FROM \\ TO' }, ...names.map((heading) => ({ heading }))],
    names.map((from) => [from, ...names.map((to) => cell(from, to))]),
  );
}
