import { expect, test } from 'vitest';
import { isGuarded, withGuard, withoutGuard } from './start-guard.ts';

const domain = (os: string): string => `<domain type='kvm'>
  <name>web</name>
  <metadata>
    <app:os xmlns:app='urn:x'><kernel>/not/this</kernel></app:os>
  </metadata>
  <os firmware='efi'>
    <type arch='x86_64' machine='pc-q35-10.0'>hvm</type>
${os}  </os>
  <devices/>
</domain>
`;

test.each([
  ['no kernel', ''],
  ['a kernel of its own', '    <kernel>/boot/vmlinuz $&amp;</kernel>\n    <initrd>/boot/initrd</initrd>\n'],
  ['boot devices', "    <boot dev='hd'/>\n"],
])('a guard comes and goes and leaves nothing behind: %s', (_, os) => {
  const xml = domain(os);
  const guarded = withGuard(xml, 'to-compute12-by-migration-1') ?? '';
  expect(isGuarded(xml)).toBe(false);
  expect(isGuarded(guarded)).toBe(true);
  expect(guarded).toContain('<kernel>/ferry-is-moving-this-guest/to-compute12-by-migration-1');
  expect(withoutGuard(guarded)).toBe(xml);
  expect(withGuard(guarded, 'to-compute12-by-migration-1')).toBe(guarded);
  expect(withGuard(guarded, 'other')).toBe(withGuard(xml, 'other'));
  expect(withoutGuard(xml)).toBe(xml);
});

test('a text that is not as libvirt writes it is left alone', () => {
  expect(withGuard('<domain><os><type>hvm</type></os></domain>', 'x')).toBe(null);
});
