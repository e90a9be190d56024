import type { Ring } from '../test-run/part.ts';

/** A deliberate fault in the product, and the files of the gate that have to see it. */
export interface Fault {
  readonly name: string;
  readonly file: string;
  /** Stands in the file once. */
  readonly find: string;
  readonly replace: string;
  /** `named`: only the tests whose names match it, where the files have many others. */
  readonly caughtBy: { readonly ring: Ring; readonly files: readonly string[]; readonly named?: string };
}

const controller = 'packages/controller/src';

/** One for each promise that the gate is to hold, each in another room. */
export const faults: readonly Fault[] = [
  {
    name: 'an undo is skipped',
    file: 'packages/workflow/src/advance.ts',
    find: 'await each.undo?.({ ...context, own: state.output[each.name] });',
    replace: 'void [each, context, state];',
    caughtBy: { ring: 'sim', files: ['tests/sim/troubles.test.ts'], named: 'goes down' },
  },
  {
    name: 'a claim is lost: nothing is reckoned with what others were promised',
    file: `${controller}/store/migrations/migration-row.ts`,
    find: 'return sums.reduce((sum, row) => sum + Number(row?.bytes ?? 0), 0);',
    replace: 'return sums.length * 0;',
    caughtBy: { ring: 'sim', files: ['tests/sim/refusals.test.ts'], named: 'memory' },
  },
  {
    name: 'the wrong owner: the instance stays with its source in the record',
    file: `${controller}/store/migrations/migration-store.ts`,
    find: 'host_id: migration.targetHostId,\n          generation:',
    replace: 'host_id: migration.sourceHostId,\n          generation:',
    caughtBy: { ring: 'sim', files: ['tests/sim/moves.test.ts'] },
  },
  {
    name: 'an event is not sent: followers are not woken',
    file: `${controller}/store/operations/event-store.ts`,
    find: "this.#wake.emit('written');",
    replace: 'void this.#wake;',
    caughtBy: { ring: 'sim', files: ['tests/sim/events.test.ts'] },
  },
  {
    name: 'a role is not asked for',
    file: `${controller}/http/ferry/authentication.ts`,
    find: 'if (strength[role] >= strength[needed]) return undefined;',
    replace: 'if (strength[role] >= 0) return undefined;',
    caughtBy: { ring: 'sim', files: ['tests/sim/refusals.test.ts'], named: 'only an admin adds hosts' },
  },
  {
    name: 'a lost lease is not heeded',
    file: `${controller}/operations/engine/lease-keeper.ts`,
    find: 'if (performance.now() >= this.#validUntil) this.lose();\n    this.signal.throwIfAborted();',
    replace: 'void this.#validUntil;',
    caughtBy: { ring: 'unit', files: [`${controller}/operations/engine/held-lease.test.ts`] },
  },
  {
    name: 'a check lets everything pass',
    file: 'packages/model/src/check/target-memory.ts',
    find: 'if (freeBytes >= neededBytes)',
    replace: 'if (freeBytes >= 0 || neededBytes >= 0)',
    caughtBy: { ring: 'unit', files: ['packages/model/src/check/target-memory.test.ts'] },
  },
  {
    name: 'what was copied is not compared with its source',
    file: `${controller}/operations/files/copying/copy-through-streams.ts`,
    find: 'if (sent !== received) {',
    replace: 'if (sent === null) {',
    caughtBy: { ring: 'sim', files: ['tests/sim/copies.test.ts'], named: 'otherwise than it was sent' },
  },
  {
    name: 'a number on the wire to libvirt has its bytes the wrong way round',
    file: 'packages/libvirt/src/xdr/writer.ts',
    find: 'this.#length = this.#buffer.writeBigInt64BE(value, this.#length);',
    replace: 'this.#length = this.#buffer.writeBigInt64LE(value, this.#length);',
    caughtBy: { ring: 'unit', files: ['packages/libvirt/src/xdr'] },
  },
  {
    name: 'the compute API tells another status than the instance has',
    file: `${controller}/http/nova/servers/server-view.ts`,
    find: 'const status = serverStatus(instance.vmState, instance.taskState);',
    replace: 'const status = serverStatus(instance.vmState, null);',
    caughtBy: { ring: 'sim', files: ['tests/sim/nova-servers.test.ts', 'tests/sim/nova-moves.test.ts'] },
  },
  {
    name: 'a host that does not answer counts as one that has nothing',
    file: 'packages/model/src/drift/drift-table.ts',
    find: "row(['no answer'], 'one holds its memory', 'ambiguous', 'may run on both'),",
    replace: "row(['no answer'], 'one holds its memory', 'moved'),",
    caughtBy: { ring: 'sim', files: ['tests/sim/drift.test.ts'] },
  },
  {
    name: 'a transfer over a link that stalls is not told',
    file: 'packages/model/src/transfer/decide-transfer.ts',
    find: 'const stalled = sample.atMs - traffic.sinceMs >= policy.stallMs;',
    replace: 'const stalled = policy.stallMs < 0;',
    caughtBy: { ring: 'unit', files: ['packages/model/src/transfer/decide-transfer.test.ts'] },
  },
];
