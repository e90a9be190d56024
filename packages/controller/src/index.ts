export { listRoutes, writtenRoutes } from './http/list-routes.ts';
export { controllerLog } from './observe/log-context.ts';
export type { Quotas } from './operations/engine/quotas.ts';
export type { ControllerOptions } from './controller-options.ts';
export { type Controller, startController } from './start-controller.ts';
export { version } from './observe/traces.ts';
export { StartError } from './start-error.ts';
