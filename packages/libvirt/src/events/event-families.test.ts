import { expect, test } from 'vitest';
import { connect } from '../connect.ts';
import { qemuProgram, remoteProgram } from '../procedures/procedure.ts';
import { type ProcedureName, procedures } from '../procedures/procedures.ts';
import { argsOf, FakeDaemon, isCall } from '../rpc/fake-daemon.test-support.ts';
import type { EventFamily, EventSubjects } from './event-families.ts';
import { type EventKind, eventMessages } from './libvirt-event.ts';
import { followEvents } from './event-sequence.ts';

const uuid = '3483d9f1-4015-48d9-9837-b67ca82d0009';
const dom = { name: 'web', uuid, id: 7 };

interface Family {
  readonly kind: EventKind;
  readonly register: ProcedureName;
  readonly deregister: ProcedureName;
  /** The argument that names the one object that is meant. */
  readonly subjects: EventSubjects;
  readonly more: object;
}

const families: Record<EventFamily, Family> = {
  domain: {
    kind: 'reboot',
    register: 'connectDomainEventCallbackRegisterAny',
    deregister: 'connectDomainEventCallbackDeregisterAny',
    subjects: { dom },
    more: { eventId: 1 },
  },
  network: {
    kind: 'network-metadata-change',
    register: 'connectNetworkEventRegisterAny',
    deregister: 'connectNetworkEventDeregisterAny',
    subjects: { net: { name: 'default', uuid } },
    more: { eventId: 1 },
  },
  storagePool: {
    kind: 'storage-pool-refresh',
    register: 'connectStoragePoolEventRegisterAny',
    deregister: 'connectStoragePoolEventDeregisterAny',
    subjects: { pool: { name: 'images', uuid } },
    more: { eventId: 1 },
  },
  nodeDevice: {
    kind: 'node-device-update',
    register: 'connectNodeDeviceEventRegisterAny',
    deregister: 'connectNodeDeviceEventDeregisterAny',
    subjects: { dev: { name: 'net_eth0' } },
    more: { eventId: 1 },
  },
  secret: {
    kind: 'secret-value-changed',
    register: 'connectSecretEventRegisterAny',
    deregister: 'connectSecretEventDeregisterAny',
    subjects: { secret: { uuid, usageType: 1, usageId: '/images/web.qcow2' } },
    more: { eventId: 1 },
  },
  qemuMonitor: {
    kind: 'qemu-monitor',
    register: 'qemuConnectDomainMonitorEventRegister',
    deregister: 'qemuConnectDomainMonitorEventDeregister',
    subjects: { dom },
    more: { event: null, flags: 0 },
  },
};

test.each(Object.entries(families))(
  'callbacks of the family %s are registered for all objects or for one, and given up',
  async (name, { kind, register, deregister, subjects, more }) => {
    await using daemon = await FakeDaemon.start((peer, frame) => {
      if (isCall(frame, register)) peer.reply(register, frame, { callbackId: 5 });
      if (isCall(frame, deregister)) peer.reply(deregister, frame, undefined);
    });
    const connection = await connect(daemon.uri);
    const { signal } = new AbortController();
    for (const wanted of [{}, subjects]) {
      const events = await followEvents(connection, [kind], signal, wanted);
      await events.close();
    }
    const asked = (procedure: ProcedureName) =>
      (daemon.peers[0]?.frames ?? [])
        .filter((frame) => isCall(frame, procedure))
        .map((frame) => argsOf(procedure, frame));
    const nobody = Object.fromEntries(Object.keys(subjects).map((subject) => [subject, null]));
    expect(eventMessages[kind].family).toBe(name);
    expect(asked(register)).toEqual([
      { ...more, ...nobody },
      { ...more, ...subjects },
    ]);
    expect(asked(deregister)).toEqual([{ callbackId: 5 }, { callbackId: 5 }]);
  },
);

test('messages are of the program that registers for them', () => {
  for (const { family, program } of Object.values(eventMessages)) {
    expect(procedures[families[family].register].program).toBe(program);
    expect(program).toBe(family === 'qemuMonitor' ? qemuProgram : remoteProgram);
  }
});
