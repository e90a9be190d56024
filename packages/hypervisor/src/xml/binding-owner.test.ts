import { expect, test } from 'vitest';
import { readBindingOwner } from './binding-owner.ts';

const mac = "<mac address='52:54:00:00:00:01'/>";

test('a binding says whose interface it is for', () => {
  const owner = '<owner><name>web</name><uuid>0A0B0C0D-1111-4111-8111-000000000001</uuid></owner>';
  const xml = `<filterbinding>${owner}<portdev name='tap1'/>${mac}<filterref filter='clean-traffic'/></filterbinding>`;
  expect(readBindingOwner(xml)).toBe('0a0b0c0d-1111-4111-8111-000000000001');
});

test('one that does not say it is not read', () => {
  expect(() => readBindingOwner(`<filterbinding><portdev name='tap1'/>${mac}</filterbinding>`)).toThrow(
    '<filterbinding> has no <owner><uuid>',
  );
});
