export { killGuest, powerOff, powerOn, restartDaemon } from './accidents.ts';
export { type Fault, Faults } from './faults.ts';
export { SimulatedHypervisor } from './simulated-hypervisor.ts';
export {
  type SimulatedClock,
  type SimulatedDirectory,
  type SimulatedDomain,
  type SimulatedFile,
  type SimulatedHostState,
  type SimulatedMemory,
  SimulatedWorld,
} from './simulated-world.ts';
