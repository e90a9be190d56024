import type { Advisory, AuditRecord, Severity } from './audit-record.ts';

/** What `npm audit --json` prints, as far as it is used (auditReportVersion 2). */
interface NpmAudit {
  readonly auditReportVersion?: number;
  readonly message?: string;
  readonly vulnerabilities?: Readonly<Record<string, { readonly via: readonly (string | NpmAdvisory)[] }>>;
}

interface NpmAdvisory {
  readonly name: string;
  readonly severity: Severity;
  readonly title: string;
  readonly url: string;
  readonly range: string;
}

/** Makes a record of what npm has printed. A package that has a hole by way of another names it as text: it is told once. */
export function readNpmAudit(printed: string, asked: { lockSha256: string; askedAt: string }): AuditRecord {
  const audit = parse(printed);
  if (audit.auditReportVersion !== 2 || audit.vulnerabilities === undefined)
    return { kind: 'unanswered', ...asked, why: audit.message ?? 'npm audit printed no report' };
  const advisories = new Map<string, Advisory>();
  for (const { via } of Object.values(audit.vulnerabilities))
    for (const one of via) {
      if (typeof one === 'string') continue;
      const { name, severity, title, url, range } = one;
      advisories.set(`${name} ${url}`, { package: name, severity, title, url, range });
    }
  const sorted = [...advisories].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { kind: 'answered', ...asked, advisories: sorted.map(([, advisory]) => advisory) };
}

function parse(printed: string): NpmAudit {
  try {
    return JSON.parse(printed) as NpmAudit;
  } catch {
    return {};
  }
}
