import { expect, test } from 'vitest';
import { keystoneSettings, readRoleMap, readUrl } from './identity-options.ts';

test('roles of Keystone are mapped to the four there are', () => {
  expect(readRoleMap('cloud_admin=admin, auditor=reader')).toEqual({
    cloud_admin: 'admin',
    auditor: 'reader',
  });
});

test.each(['admin', '=admin', 'x=owner', 'x=admin=reader', ''])('"%s" is no map of roles', (text) => {
  expect(() => readRoleMap(text)).toThrow('is not NAME=ROLE');
});

test('an address is http or https, and paths can be put behind it', () => {
  expect(readUrl('https://ferry.example.org/')).toBe('https://ferry.example.org');
  for (const text of ['ferry', 'ftp://x', 'http://x?y'])
    expect(() => readUrl(text)).toThrow('an address such as');
});

test('a Keystone needs a service user, and all that is missing is named', () => {
  expect(keystoneSettings(undefined, {}, {})).toBeNull();
  expect(() => keystoneSettings('http://k:5000', {}, {})).toThrow(
    'FERRY_KEYSTONE_USER and FERRY_KEYSTONE_PASSWORD is not set',
  );
  const env = { FERRY_KEYSTONE_USER: 'ferry', FERRY_KEYSTONE_PASSWORD: 's' };
  expect(keystoneSettings('http://k:5000', {}, env)?.user).toEqual({
    name: 'ferry',
    password: 's',
    domainName: 'Default',
    projectName: 'service',
    projectDomainName: 'Default',
  });
});
