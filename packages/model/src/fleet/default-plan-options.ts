import type { PlanOptions } from './fleet-plan.ts';

/**
 * One transfer of memory a link: moves one after the other are done no later than side by side, and send less
 * (k·M/(C − D) against k·M/(C − k·D)). Six moves a host, so that the next ones are checked and prepared while one sends,
 * and a second one while a port is not used up.
 */
export const defaultPlanOptions: PlanOptions = {
  order: 'soonest-done',
  limits: { perSource: 6, perTarget: 6, perLink: 1, fleet: 64 },
  mayStop: [],
  mayShutDown: [],
  keepOneHostSpare: false,
  deadline: null,
  seed: 1,
};
