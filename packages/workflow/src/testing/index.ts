export {
  beginBeforeAdditions,
  crashEverywhere,
  failEachStep,
  repeatEachStep,
  repeatEachUndo,
} from './cases.ts';
export { CrashingLog, type CrashPoint } from './crashing-log.ts';
export { distinctCases, type Thoroughness } from './distinct-cases.ts';
export { ManualClock } from './manual-clock.ts';
export { MemoryLog } from './memory-log.ts';
export { Injected, type TortureCase, type TortureSpec, type TortureWorld } from './torture.ts';
