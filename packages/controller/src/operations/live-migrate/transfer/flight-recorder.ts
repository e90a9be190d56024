import {
  type ControlDecision,
  describeDecision,
  type TransferAction,
  type TransferDecision,
  type TransferSample,
} from '@ferry/model';
import type { Services } from '../../engine/services.ts';

/** Records of one transfer at most, about two hours of looks: one that goes on for longer is looked at less closely. */
const maxRecords = 20_000;
/** From so many on, one sample of ten is kept. */
const denseRecords = 10_000;
/** How long records wait in memory for the next writing, milliseconds. */
const writeEveryMs = 5_000;

/**
 * Keeps what a transfer showed at each look, and what was decided on it, so that it can be looked at afterwards and run
 * through other rules. What cannot be written is lost: no transfer fails for it.
 */
export class FlightRecorder {
  readonly #migrationId: string;
  readonly #services: Pick<Services, 'store' | 'log'>;
  #waiting: object[] = [];
  #writtenMs = performance.now();
  #count: number;
  #samples = 0;

  private constructor(migrationId: string, services: Pick<Services, 'store' | 'log'>, count: number) {
    this.#migrationId = migrationId;
    this.#services = services;
    this.#count = count;
  }

  /** Goes on after what a former process has written. */
  static async open(migrationId: string, services: Pick<Services, 'store' | 'log'>): Promise<FlightRecorder> {
    return new FlightRecorder(migrationId, services, await services.store.recordings.count(migrationId));
  }

  /** What the transfer begins with. */
  begin(what: object): void {
    this.#add({ kind: 'began', ...what });
  }

  /** One look, and what it led to. */
  async look(
    sample: TransferSample,
    { memory, actions, decisions = [], shadowed = [] }: TransferDecision,
  ): Promise<void> {
    this.#samples += 1;
    const dense = this.#count < denseRecords || this.#samples % 10 === 0;
    const told = actions.filter(({ kind }) => kind !== 'moved' && kind !== 'stayed').map(nameOf);
    if (dense || decisions.length + shadowed.length > 0)
      this.#add({
        kind: 'sample',
        sample,
        state: memory.state.kind,
        ...(told.length === 0 ? {} : { actions: told }),
      });
    for (const decision of decisions) this.#decided('decision', decision);
    for (const decision of shadowed) this.#decided('shadow', decision);
    if (decisions.length > 0 || performance.now() - this.#writtenMs >= writeEveryMs) await this.write();
  }

  /** How the transfer ended. */
  end(what: object): void {
    this.#add({ kind: 'ended', ...what });
  }

  async write(): Promise<void> {
    const records = this.#waiting;
    this.#waiting = [];
    this.#writtenMs = performance.now();
    if (records.length === 0) return;
    try {
      await this.#services.store.recordings.append(this.#migrationId, records);
    } catch (error) {
      this.#services.log.debug({ error }, 'records of a transfer could not be written');
    }
  }

  #decided(kind: 'decision' | 'shadow', decision: ControlDecision): void {
    this.#add({ kind, decision, text: describeDecision(decision) });
  }

  #add(record: object): void {
    if (this.#count >= maxRecords) return;
    this.#count += 1;
    this.#waiting.push({ at: this.#services.store.now(), ...record });
  }
}

function nameOf(action: TransferAction): object {
  switch (action.kind) {
    case 'set-bandwidth':
      return { kind: action.kind, bytesPerSecond: action.bytesPerSecond };
    case 'set-max-downtime':
      return { kind: action.kind, limitMs: action.limitMs };
    case 'set-compression-cache':
      return { kind: action.kind, bytes: action.bytes };
    default:
      return { kind: action.kind };
  }
}
