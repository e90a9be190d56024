import { expect, test } from 'vitest';
import { Findings } from '../doctor/doctor-finding.ts';
import type { DoctorCode } from '../doctor/fix/fix-table.ts';
import type { CheckInput } from './check-input.ts';
import { sampleInput, samplePlan } from './sample-input.ts';
import { wayReadyCheck } from './way-ready.ts';

const error = (code: DoctorCode) =>
  new Findings(code, 'alpha', 'beta').error('it is closed', { port: 1 }, 'Open it.');
const wayWith = (...codes: DoctorCode[]): CheckInput['way'] => ({
  examinedAt: '2030-01-01T00:00:00Z',
  findings: [...codes.map(error), new Findings('mtu', 'alpha', 'beta').warning('odd', {}, 'See.')],
});

test.each<{ when: string; way: CheckInput['way']; plan?: 'keep' | 'copy'; finds: string[] }>([
  { when: 'nobody looked', way: null, finds: ['info'] },
  { when: 'nothing but warnings', way: wayWith(), finds: ['ok'] },
  {
    when: 'a closed port and another authority',
    way: wayWith('migration-ports', 'authority'),
    finds: ['error', 'warning'],
  },
  { when: 'the daemon is not reached, and the hosts move it', way: wayWith('peer-daemon'), finds: ['error'] },
  {
    when: 'the daemon is not reached, and Ferry moves it',
    way: wayWith('peer-daemon'),
    plan: 'copy',
    finds: ['warning'],
  },
])('$when: $finds', ({ way, plan = 'keep', finds }) => {
  const found = wayReadyCheck.judge(sampleInput({ way, plan: samplePlan(plan) }));
  expect(found.map(({ severity }) => severity)).toEqual(finds);
});

test('what was found, when, and how it is looked at again', () => {
  const [found] = wayReadyCheck.judge(sampleInput({ way: wayWith('name') }));
  expect(found).toMatchObject({
    message: 'it is closed (found on 2030-01-01T00:00:00Z by the doctor: name)',
    compared: { port: 1, examinedAt: '2030-01-01T00:00:00Z' },
    remedy: 'Open it. Then have it looked at again: ferry doctor --pair alpha beta',
  });
});
