import { styleText } from 'node:util';
import type { CheckReportBody, FindingBody } from '@ferry/api';
import { formatBytes } from './units.ts';

const marks: Record<FindingBody['severity'], { mark: string; colour: 'green' | 'red' | 'yellow' | 'blue' }> =
  {
    ok: { mark: 'ok     ', colour: 'green' },
    info: { mark: 'info   ', colour: 'blue' },
    warning: { mark: 'warning', colour: 'yellow' },
    unknown: { mark: 'unknown', colour: 'yellow' },
    error: { mark: 'ERROR  ', colour: 'red' },
  };

/** Findings one under another, each with its remedy. */
export function formatFindings(
  findings: readonly FindingBody[],
  stream: NodeJS.WriteStream = process.stdout,
): string {
  const width = Math.max(0, ...findings.map((finding) => finding.code.length));
  return findings
    .map((finding) => {
      const { mark, colour } = marks[finding.severity];
      const line = `${styleText(colour, mark, { stream })}  ${finding.code.padEnd(width)}  ${finding.message}`;
      const indent = ' '.repeat(mark.length + width + 4);
      return finding.remedy === '' ? line : `${line}\n${indent}-> ${finding.remedy}`;
    })
    .join('\n');
}

/** The answer to `ferry check`. */
export function formatReport(report: CheckReportBody): string {
  const target = report.targetHost ?? '(none)';
  const lines = [`${report.instance}: ${report.sourceHost} -> ${target}`];
  if (report.choice !== '') lines.push(`chosen because ${report.choice}`);
  lines.push('', formatFindings(report.findings), '');
  for (const disk of report.plan?.disks ?? []) {
    lines.push(
      disk.action === 'keep'
        ? `disk ${disk.target}: stays where it is (${disk.because})`
        : `disk ${disk.target}: ${formatBytes(disk.allocationBytes)} to copy (${disk.because})`,
    );
  }
  if (report.plan !== null) lines.push(`form: ${report.plan.form}`, '');
  if (report.forecastSummary !== null) lines.push(`forecast: ${report.forecastSummary}`, '');
  lines.push(verdictLine(report));
  return lines.join('\n');
}

function verdictLine({ verdict, findings }: CheckReportBody): string {
  const of = (severity: FindingBody['severity']): FindingBody[] =>
    findings.filter((finding) => finding.severity === severity);
  switch (verdict) {
    case 'possible':
      return 'The move is possible.';
    case 'not-possible':
      return `The move is not possible: ${of('error').length} of the checks forbid it.`;
    case 'not-known':
      return `It is not known whether the move is possible, because ${of('unknown')
        .map(({ message }) => message)
        .join('; ')}. It would be refused.`;
  }
}
