/** Severities as npm names them, the lightest first. */
export type Severity = 'info' | 'low' | 'moderate' | 'high' | 'critical';

/** One advisory that holds for a production dependency. */
export interface Advisory {
  readonly package: string;
  readonly severity: Severity;
  readonly title: string;
  /** Of the advisory (`https://github.com/advisories/GHSA-…`): by it and the package it is excused. */
  readonly url: string;
  /** The versions that it holds for. */
  readonly range: string;
}

/** What the registry said of the production dependencies of one lock file, or why it said nothing. */
export type AuditRecord = {
  /** SHA-256 of package-lock.json, hexadecimal. */
  readonly lockSha256: string;
  /** When it was asked, UTC ISO 8601. */
  readonly askedAt: string;
} & (
  | { readonly kind: 'answered'; readonly advisories: readonly Advisory[] }
  | { readonly kind: 'unanswered'; readonly why: string }
);

/** An advisory that somebody has looked at, and why it does no harm here. */
export interface Excuse {
  readonly package: string;
  readonly url: string;
  readonly reason: string;
  /** When it was looked at (`2026-11-29`). */
  readonly date: string;
}

/** What is wrong with a record, and what is only to be known. */
export interface AuditVerdict {
  readonly failures: readonly string[];
  readonly warnings: readonly string[];
}

const oldMs = 30 * 24 * 3_600_000;
const dayMs = 24 * 3_600_000;
const again = 'run `make audit` where the registry of npm answers, and commit tools/audit/record.json';

/** Judges what is recorded against the lock file as it is now. */
export function judgeAudit(
  record: AuditRecord,
  { excuses, lockSha256, now }: { excuses: readonly Excuse[]; lockSha256: string; now: Date },
): AuditVerdict {
  const failures = excuses.flatMap(whyNoExcuse);
  const warnings: string[] = [];
  if (record.lockSha256 !== lockSha256)
    failures.push(
      `The audit is of another package-lock.json (SHA-256 ${record.lockSha256}) than the one here (${lockSha256}): ${again}.`,
    );
  if (record.kind === 'unanswered')
    warnings.push(
      `Whether production dependencies have known holes is not known: the registry did not answer on ${record.askedAt} (${record.why}): ${again}.`,
    );
  else failures.push(...record.advisories.flatMap((advisory) => whyNotShipped(advisory, excuses)));
  const ageMs = now.getTime() - Date.parse(record.askedAt);
  if (ageMs > oldMs)
    warnings.push(`The audit is ${Math.floor(ageMs / dayMs)} days old, more than 30: ${again}.`);
  return { failures, warnings };
}

function whyNotShipped(advisory: Advisory, excuses: readonly Excuse[]): string[] {
  const { severity, package: name, range, title, url } = advisory;
  if (severity !== 'high' && severity !== 'critical') return [];
  if (excuses.some((one) => one.package === name && one.url === url)) return [];
  return [
    `${name} ${range} has a hole of severity ${severity}: ${title} (${url}). Take a version that is mended, or say in tools/audit/excused.json why it does no harm here.`,
  ];
}

function whyNoExcuse(excuse: Excuse): string[] {
  const whole = excuse.reason.trim() !== '' && /^\d{4}-\d{2}-\d{2}$/.test(excuse.date);
  if (whole) return [];
  return [
    `tools/audit/excused.json excuses ${excuse.url} in ${excuse.package} without a reason or a date (YYYY-MM-DD).`,
  ];
}
