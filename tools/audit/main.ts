import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { type AuditRecord, type Excuse, judgeAudit } from './audit-record.ts';
import { readNpmAudit } from './read-npm-audit.ts';

const lockFile = new URL('../../package-lock.json', import.meta.url);
const recordFile = new URL('record.json', import.meta.url);
const excusesFile = new URL('excused.json', import.meta.url);
const patienceMs = 120_000;

/** Asks the registry and writes the answer down; with `--check` nobody is asked, and what is written down is judged. */
function main(): number {
  const lockSha256 = createHash('sha256').update(readFileSync(lockFile)).digest('hex');
  const before = JSON.parse(readFileSync(recordFile, 'utf8')) as AuditRecord;
  const record = process.argv.includes('--check') ? before : askAnew(before, lockSha256);
  const excuses = JSON.parse(readFileSync(excusesFile, 'utf8')) as Excuse[];
  const { failures, warnings } = judgeAudit(record, { excuses, lockSha256, now: new Date() });
  for (const warning of warnings) process.stderr.write(`warning: ${warning}\n`);
  for (const failure of failures) process.stderr.write(`${failure}\n`);
  return failures.length === 0 ? 0 : 1;
}

function askAnew(before: AuditRecord, lockSha256: string): AuditRecord {
  const { stdout } = spawnSync('npm', ['audit', '--omit', 'dev', '--json'], {
    cwd: new URL('../..', import.meta.url),
    encoding: 'utf8',
    timeout: patienceMs,
  });
  const record = readNpmAudit(stdout ?? '', { lockSha256, askedAt: new Date().toISOString() });
  // An answer for this lock file is worth more than the news that there was none today.
  if (record.kind === 'unanswered' && before.kind === 'answered' && before.lockSha256 === lockSha256) {
    process.stderr.write(
      `warning: The registry did not answer (${record.why}): the record stays as it is.\n`,
    );
    return before;
  }
  writeFileSync(recordFile, `${JSON.stringify(record, null, 2)}\n`);
  return record;
}

process.exitCode = main();
