import { expect, test } from 'vitest';
import { qemuProgram, remoteProgram } from '../procedures/procedure.ts';
import { message } from './event-families.ts';
import { int32 } from '../xdr/codec.ts';

const entry = { name: 'domainEventReboot', id: 1, procedure: 319 };

test('a message is of the remote program, and of every release, where nothing else is said', () => {
  expect(message('domain', entry, int32)).toStrictEqual({
    family: 'domain',
    ...entry,
    program: remoteProgram,
    codec: int32,
  });
});

test('a message may be of another program, and newer', () => {
  const newer = message('qemuMonitor', { ...entry, since: '9.8' }, int32, qemuProgram);
  expect(newer).toMatchObject({ program: qemuProgram, since: '9.8' });
});
