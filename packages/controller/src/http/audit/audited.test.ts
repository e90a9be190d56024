import { expect, test } from 'vitest';
import { auditedAction, auditedTarget } from './audit-requests.ts';

test.each([
  ['POST', '/ferry/v1/instances/:instance/migrations', {}, 'ferry:instances.migrations.create'],
  ['POST', '/ferry/v1/hosts/:host/fence', {}, 'ferry:hosts.fence'],
  ['POST', '/ferry/v1/doctor/fix', {}, 'ferry:doctor.fix'],
  ['PATCH', '/ferry/v1/hosts/:host', {}, 'ferry:hosts.change'],
  ['POST', '/v2.1/servers/:id/action', { 'os-start': null }, 'compute:servers.os-start'],
  ['POST', '/v2.1/servers/:id/action', { 'a b\n': null }, 'compute:servers.action'],
  ['POST', '/v2.1/servers/:id/action', 'text', 'compute:servers.action'],
  ['POST', '/v2.1/servers/:id/remote-consoles', {}, 'compute:servers.remote-consoles.create'],
  ['PUT', '/identity/v3/projects/:p/users/:u/roles/:r', undefined, 'identity:projects.users.roles.set'],
  ['POST', '/identity/v3/users/:id/password', {}, 'identity:users.password'],
  ['DELETE', '/image/v2/images/:id', undefined, 'image:images.delete'],
  ['PUT', '/new/thing', undefined, 'other:new.thing.set'],
  ['GET', '/ferry/v1/hosts', undefined, null],
  ['HEAD', '/ferry/v1/hosts', undefined, null],
])('%s %s with %j is %s', (method, route, body, expected) => {
  expect(auditedAction({ method, route, body })).toBe(expected);
});

test('what a request is about is told, and no secret of it', () => {
  const user = { name: 'ada', password: 'hers', enabled: true, original_password: 'old' };
  expect(auditedTarget({ id: '7' }, { user })).toEqual({ name: 'ada', enabled: 'true', id: '7' });
  expect(auditedTarget({ host: 'a' }, { host: 'b', secret: 'x', user_data: 'y', adminPass: 'z' })).toEqual({
    host: 'a',
  });
  expect(auditedTarget({}, { uri: 'qemu+tls://ann:pass@compute11/system?pkipath=/x' })).toEqual({
    uri: 'qemu+tls://***@compute11/system',
  });
  expect(auditedTarget(null, { name: 'x'.repeat(1_000), kind: { a: 1 } })).toEqual({ name: 'x'.repeat(200) });
});
