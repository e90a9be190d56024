import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allChecks, judge } from './all-checks.ts';
import type { CheckInput } from './check-input.ts';
import { sampleDomain, sampleHost, sampleInput, samplePlan } from './sample-input.ts';

const eightFirst = [
  'caller-may',
  'parameters-complete',
  'target-exists',
  'instance-running',
  'services-up',
  'hosts-differ',
  'target-memory',
  'hypervisor-version',
];

/** Inputs with any of their facts missing. */
const anyInput: fc.Arbitrary<CheckInput> = fc
  .record({
    kind: fc.constantFrom('live-migration' as const, 'cold-migration' as const),
    block: fc.constantFrom('auto' as const, 'yes' as const, 'no' as const),
    source: fc.constantFrom(
      sampleHost('alpha'),
      sampleHost('alpha', null),
      sampleHost('alpha', {}, { state: 'down' }),
    ),
    target: fc.constantFrom(null, sampleHost('beta'), sampleHost('beta', null), sampleHost('alpha')),
    domain: fc.constantFrom(null, sampleDomain(), sampleDomain({ disks: [], interfaces: [] })),
    cpuComparison: fc.constantFrom(null, 'superset' as const),
    conflict: fc.constantFrom(null, 'unknown' as const),
    plan: fc.constantFrom(null, samplePlan('keep'), samplePlan('copy')),
  })
  .map(({ kind, block, ...rest }) => sampleInput({ ...rest, request: { kind, blockMigration: block } }));

describe('all checks', () => {
  test('stand in their order, each once', () => {
    const codes = allChecks.map((check) => check.code);
    expect(codes.slice(0, 8)).toEqual(eightFirst);
    expect(new Set(codes).size).toBe(codes.length);
  });

  test('never throw, always find something under their own code, and name a remedy for what stops a move', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const found = allChecks.map((check) => ({ code: check.code, findings: check.judge(input) }));
        const silent = found.filter(({ findings }) => findings.length === 0);
        const foreign = found.filter(({ code, findings }) => findings.some((one) => one.code !== code));
        const helpless = found
          .flatMap(({ findings }) => findings)
          .filter(({ severity, remedy }) => (severity === 'ok' || severity === 'info') !== (remedy === ''));
        expect({ silent, foreign, helpless }).toEqual({ silent: [], foreign: [], helpless: [] });
      }),
    );
  });
});

describe('the judgement', () => {
  test('go, when all is well, with every finding told', () => {
    const judgement = judge(sampleInput());
    expect(judgement.verdict).toBe('go');
    const ofLive = allChecks.filter(({ kinds }) => kinds.includes('live-migration'));
    expect(new Set(judgement.findings.map((one) => one.code)).size).toBe(ofLive.length);
  });

  test('warnings do not stop a move', () => {
    const judgement = judge(sampleInput({ request: { accept: ['devices/nothing'] } }));
    expect(judgement).toMatchObject({ verdict: 'go', warnings: [{ code: 'domain-elements' }] });
  });

  test('unsure, when a fact is missing and nothing forbids it', () => {
    const judgement = judge(sampleInput({ cpuComparison: null }));
    expect(judgement).toMatchObject({ verdict: 'unsure', unknowns: [{ code: 'cpu-compatible' }] });
  });

  test('refuse, with all errors at once', () => {
    const judgement = judge(
      sampleInput({ role: 'reader', cpuComparison: 'incompatible', conflict: 'unknown' }),
    );
    expect(judgement.verdict).toBe('refuse');
    expect(judgement.errors.map((one) => one.code)).toEqual(['caller-may', 'cpu-compatible']);
    expect(judgement.unknowns.map((one) => one.code)).toEqual(['target-name-free']);
  });

  test('checks of running guests are left out for a cold migration', () => {
    const codes = judge(sampleInput({ request: { kind: 'cold-migration' } })).findings.map((one) => one.code);
    expect(codes).not.toContain('guest-memory-safe');
  });
});
