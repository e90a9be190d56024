import type { TransferProgress } from '../../migration/transfer-progress.ts';
import type { ControlDecision } from './control-decision.ts';
import type { ControlRules } from './control-rules.ts';
import { type ControlState, freshControl } from './control-state.ts';
import { wantedOf } from './told-hypervisor.ts';

const mebibyte = 1024 ** 2;
const stepMs = 10;

/** A guest: its memory, how much of it it changes over and over, and how fast. */
export interface Guest {
  readonly memoryMib: number;
  readonly hotMib: number;
  readonly changesMibPerSecond: number;
}

/** A pre-copy as QEMU does it: passes over what has changed, until what is left is within limit × rate. */
export class SimulatedPrecopy {
  readonly #guest: Guest;
  #capBytesPerSecond: number;
  #limitMs: number;
  #left: number;
  #changed = 0;
  #sent = 0;
  #elapsedMs = 0;
  #pass = 1;
  #paused: number | null = null;
  isOver = false;
  downtimeMs: number | null = null;
  readonly #rules: ControlRules;

  constructor(guest: Guest, capMib: number, rules: ControlRules) {
    this.#guest = guest;
    this.#rules = rules;
    this.#capBytesPerSecond = capMib * mebibyte;
    this.#left = guest.memoryMib * mebibyte;
    const downtimeMs = rules.firstDowntimeMs ?? rules.values.maxDowntimeMs ?? 300;
    this.#limitMs = wantedOf({ ...freshControl, downtimeMs }, rules).limitMs ?? downtimeMs;
  }

  advance(ms: number): void {
    for (let step = 0; step < ms / stepMs && !this.isOver; step += 1) this.#step();
  }

  obey(state: ControlState, decisions: readonly ControlDecision[]): void {
    const wanted = wantedOf(state, this.#rules);
    if (wanted.limitMs !== null && state.downtimeMs !== null) this.#limitMs = wanted.limitMs;
    if (state.bandwidthBytesPerSecond !== null) this.#capBytesPerSecond = state.bandwidthBytesPerSecond;
    if (decisions.some(({ kind }) => kind === 'pause')) this.#paused = this.#elapsedMs;
  }

  progress(): TransferProgress {
    return {
      elapsedMs: this.#elapsedMs,
      totalBytes: this.#guest.memoryMib * mebibyte,
      doneBytes: this.#guest.memoryMib * mebibyte - this.#left,
      remainingBytes: this.#left,
      memoryBytes: this.#sent,
      diskBytes: 0,
      rateBytesPerSecond: this.#capBytesPerSecond,
      dirtyBytesPerSecond: null,
      iteration: this.#pass,
      expectedDowntimeMs: null,
      downtimeMs: null,
      memoryRemainingBytes: this.#left,
      throttlePercent: null,
    };
  }

  #step(): void {
    this.#elapsedMs += stepMs;
    const sent = Math.min(this.#left, (this.#capBytesPerSecond * stepMs) / 1000);
    this.#left -= sent;
    this.#sent += sent;
    const { hotMib, changesMibPerSecond } = this.#guest;
    if (this.#paused === null)
      this.#changed = Math.min(
        hotMib * mebibyte,
        this.#changed + (changesMibPerSecond * mebibyte * stepMs) / 1000,
      );
    const allowed = (this.#limitMs / 1000) * this.#capBytesPerSecond;
    if (this.#left > allowed) return;
    // What was not sent yet and is changed again is sent once.
    this.#left = Math.min(this.#left + this.#changed, Math.max(this.#left, hotMib * mebibyte));
    this.#changed = 0;
    if (this.#left > allowed) {
      this.#pass += 1;
      return;
    }
    this.isOver = true;
    const last =
      (this.#left / Math.max(this.#rules.values.linkBytesPerSecond ?? 0, this.#capBytesPerSecond)) * 1000;
    this.downtimeMs = last + (this.#paused === null ? 0 : this.#elapsedMs - this.#paused);
  }
}
