import type { PlanOptions } from './fleet-plan.ts';

/**
 * One transfer of memory a link: moves one after the other are done no later than side by side, and send less
 * (k·M/(C − D) against k·M/(C − k·D)). Two moves a host, so that the next prepares while one sends.
 */
export const defaultPlanOptions: PlanOptions = {
  order: 'soonest-done',
  limits: { perSource: 2, perTarget: 2, perLink: 1, fleet: 64 },
  mayStop: [],
  mayShutDown: [],
  keepOneHostSpare: false,
  deadline: null,
  seed: 1,
};
