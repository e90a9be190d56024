import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { type Advisory, type AuditRecord, judgeAudit } from './audit-record.ts';
import { readNpmAudit } from './read-npm-audit.ts';

const url = 'https://github.com/advisories/GHSA-1111-2222-3333';
const hole: Advisory = { package: 'ws', severity: 'high', title: 'DoS by headers', url, range: '<8.17.1' };
const asked = { lockSha256: 'aa', askedAt: '2026-11-01T00:00:00.000Z' };
const here = { excuses: [], lockSha256: 'aa', now: new Date('2026-11-29T00:00:00.000Z') };

function answered(...advisories: Advisory[]): AuditRecord {
  return { kind: 'answered', ...asked, advisories };
}

test('a high or critical hole fails with the package, the versions and the advisory', () => {
  const { failures, warnings } = judgeAudit(answered(hole, { ...hole, severity: 'critical' }), here);
  expect(failures).toHaveLength(2);
  expect(failures[0]).toContain(`ws <8.17.1 has a hole of severity high: DoS by headers (${url})`);
  expect(warnings).toEqual([]);
});

test('lighter ones, and those that are excused by name with a reason and a date, pass', () => {
  const light = { ...hole, url: `${url}-b`, severity: 'moderate' as const };
  const excuse = { package: 'ws', url, reason: 'no headers from outside', date: '2026-11-02' };
  expect(judgeAudit(answered(hole, light), { ...here, excuses: [excuse] }).failures).toEqual([]);
});

test('an excuse is of one package, and has a reason and a date', () => {
  const excuse = { package: 'ws', url, reason: 'harmless', date: '2026-11-02' };
  const of = (change: object): readonly string[] =>
    judgeAudit(answered(hole), { ...here, excuses: [{ ...excuse, ...change }] }).failures;
  expect(of({ package: 'pg' })[0]).toContain('ws <8.17.1');
  expect(of({ reason: ' ' })[0]).toContain('without a reason');
  expect(of({ date: 'soon' })[0]).toContain('without a reason or a date');
});

test('a record of another lock file fails, with both hashes', () => {
  const { failures } = judgeAudit(answered(), { ...here, lockSha256: 'bb' });
  expect(failures).toEqual([expect.stringMatching(/SHA-256 aa.*\(bb\)/)]);
});

test('what is old, or was never answered, warns and does not fail', () => {
  const later = { ...here, now: new Date('2026-12-02T00:00:00.000Z') };
  expect(judgeAudit(answered(), later)).toEqual({
    failures: [],
    warnings: [expect.stringContaining('31 days old')],
  });
  const silent = judgeAudit({ kind: 'unanswered', ...asked, why: '405' }, here);
  expect(silent).toEqual({ failures: [], warnings: [expect.stringContaining('(405)')] });
});

test('of what npm prints each advisory is kept once', () => {
  const advisory = {
    source: 1,
    name: 'ws',
    dependency: 'ws',
    severity: 'high',
    title: 'DoS by headers',
    url,
  };
  const printed = JSON.stringify({
    auditReportVersion: 2,
    vulnerabilities: {
      ws: { name: 'ws', severity: 'high', via: [{ ...advisory, range: '<8.17.1' }] },
      proxy: { name: 'proxy', severity: 'high', via: ['ws', { ...advisory, range: '<8.17.1' }] },
    },
  });
  expect(readNpmAudit(printed, asked)).toEqual(answered(hole));
});

test('a registry that refuses, or nothing at all, is no clean answer', () => {
  const refused = JSON.stringify({ message: '405 Method Not Allowed', error: {} });
  expect(readNpmAudit(refused, asked)).toEqual({
    kind: 'unanswered',
    ...asked,
    why: '405 Method Not Allowed',
  });
  expect(readNpmAudit('', asked).kind).toBe('unanswered');
});

/** Debian 12's npm 9 cannot write one. */
const npmMajor = Number.parseInt(spawnSync('npm', ['--version'], { encoding: 'utf8' }).stdout, 10);

test.skipIf(npmMajor < 10)('`make sbom` prints all that the command ferry ships as CycloneDX', () => {
  const { stdout, stderr } = spawnSync('make', ['--silent', 'sbom'], { encoding: 'utf8' });
  expect(stderr).toBe('');
  const bom = JSON.parse(stdout) as {
    bomFormat: string;
    components: { name: string; version: string; purl: string }[];
  };
  expect(bom.bomFormat).toBe('CycloneDX');
  const names = bom.components.map(({ purl }) => purl.replace(/@[^@]*$/, ''));
  expect(names).toEqual(
    expect.arrayContaining(['pkg:npm/fastify', 'pkg:npm/pg', 'pkg:npm/%40xmldom/xmldom']),
  );
  expect(names).not.toContain('pkg:npm/vitest');
  expect(bom.components.every(({ version }) => version !== '')).toBe(true);
});
