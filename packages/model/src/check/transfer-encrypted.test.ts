import { expect, test } from 'vitest';
import { Findings } from '../doctor/doctor-finding.ts';
import { encryptionFacts, type EncryptionWish } from '../strategy/memory-encryption.ts';
import { sampleInput } from './sample-input.ts';
import { transferEncryptedCheck } from './transfer-encrypted.ts';

const can = { can: true, because: 'both have certificates' };
const cannot = { can: false, because: 'beta has none' };

test.each<{ wish: EncryptionWish; facts: typeof can | null; finds: string }>([
  { wish: 'where-possible', facts: can, finds: 'ok' },
  { wish: 'where-possible', facts: cannot, finds: 'warning' },
  { wish: 'required', facts: can, finds: 'ok' },
  { wish: 'required', facts: cannot, finds: 'error' },
  { wish: 'none', facts: can, finds: 'info' },
  { wish: 'where-possible', facts: null, finds: 'info' },
])('$wish, $facts: $finds', ({ wish, facts, finds }) => {
  const input = sampleInput({ request: { encryption: wish }, encryption: facts });
  const [found] = transferEncryptedCheck.judge(input);
  expect(found?.severity).toBe(finds);
  expect(found?.compared).toEqual({ encryption: wish, can: facts?.can ?? null });
});

const ofHost = (name: string) => [
  new Findings('migration-tls', name).ok('QEMU has certificates'),
  new Findings('certificate', name).ok('good', { use: 'qemu-server' }),
];
const way = [new Findings('authority', 'alpha', 'beta').ok('the same', { use: 'qemu-ca' })];
const all = { source: ofHost('alpha'), target: ofHost('beta'), way };

test('two hosts can where the doctor found all of it to be well, and else are not said to', () => {
  expect(encryptionFacts(all).can).toBe(true);
  expect(encryptionFacts({ ...all, way: null })).toMatchObject({
    can: false,
    because: 'the doctor has not looked at both hosts lately',
  });
  const none = new Findings('migration-tls', 'beta').warning('QEMU has no certificates', {}, 'Give it some.');
  expect(encryptionFacts({ ...all, target: [none] })).toMatchObject({
    because: 'beta: QEMU has no certificates',
  });
  const ended = new Findings('certificate', 'alpha').error(
    'it has ended',
    { use: 'qemu-client' },
    'Renew it.',
  );
  expect(encryptionFacts({ ...all, source: [...all.source, ended] }).because).toBe('alpha: it has ended');
  const other = new Findings('certificate', 'alpha').error(
    'it has ended',
    { use: 'libvirt-server' },
    'Renew.',
  );
  expect(encryptionFacts({ ...all, source: [...all.source, other] }).can).toBe(true);
  const parted = new Findings('authority', 'alpha', 'beta').error('another', { use: 'qemu-ca' }, 'See.');
  expect(encryptionFacts({ ...all, way: [parted] }).can).toBe(false);
  expect(encryptionFacts({ ...all, way: [] }).can).toBe(false);
});
