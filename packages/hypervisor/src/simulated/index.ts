export { killGuest, powerOff, powerOn, restartDaemon } from './accidents.ts';
export { type Fault, Faults } from './faults.ts';
export { SimulatedHypervisor } from './simulated-hypervisor.ts';
export type {
  SimulatedDirectory,
  SimulatedDomain,
  SimulatedFile,
  SimulatedHostState,
  SimulatedMemory,
} from './simulated-state.ts';
export { type SimulatedClock, SimulatedWorld } from './simulated-world.ts';
