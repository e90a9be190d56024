import { readFileSync, rmSync } from 'node:fs';
import type { TransferState } from '@ferry/model';
import type { LogRecord } from '@ferry/workflow';
import { MigrationStore } from '../migrations/migration-store.ts';
import { OperationStore } from '../operations/operation-store.ts';

/**
 * For tests of faults, loaded into a controller with `node --import`; nothing of the product loads it. The file that
 * FERRY_HALT_AT names holds one line: what the log or the phase of a migration is to say. Once that is written down for
 * good, and before anything more is done, the line is taken away and the whole process stops itself (SIGSTOP), until
 * somebody kills it or lets it go on (SIGCONT).
 *
 * The line is `step-started NAME` or `undo-started NAME`, or `phase WORDS`, which a phase begins with.
 */
const file = process.env['FERRY_HALT_AT'];

function wanted(): string | null {
  if (file === undefined) return null;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return null;
  }
}

function halt(): void {
  rmSync(file ?? '');
  process.kill(process.pid, 'SIGSTOP');
}

const append = Reflect.get(OperationStore.prototype, 'append');
OperationStore.prototype.append = async function (this: OperationStore, record: LogRecord): Promise<void> {
  await append.call(this, record);
  const { entry } = record;
  if ('step' in entry && wanted() === `${entry.kind} ${entry.step}`) halt();
};

function haltAtPhase(phase: string): void {
  const line = wanted();
  if (line?.startsWith('phase ') === true && `phase ${phase}`.startsWith(line)) halt();
}

const setPhase = Reflect.get(MigrationStore.prototype, 'setPhase');
MigrationStore.prototype.setPhase = async function (
  this: MigrationStore,
  id: string,
  phase: string,
): Promise<void> {
  await setPhase.call(this, id, phase);
  haltAtPhase(phase);
};

const setTransfer = Reflect.get(MigrationStore.prototype, 'setTransfer');
MigrationStore.prototype.setTransfer = async function (
  this: MigrationStore,
  id: string,
  state: TransferState,
  phase: string,
): Promise<void> {
  await setTransfer.call(this, id, state, phase);
  haltAtPhase(phase);
};
