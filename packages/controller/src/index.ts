export {
  type Controller,
  type ControllerOptions,
  startController,
  StartError,
  version,
} from './start-controller.ts';
