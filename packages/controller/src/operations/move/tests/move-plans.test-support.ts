import { coldMigrateWorkflow } from '../../cold-migrate/workflow.ts';
import { liveMigrateWorkflow } from '../../live-migrate/workflow.ts';

/** The steps of both kinds of move, for tests that are to meet every one of them. */
export const movePlans = { live: liveMigrateWorkflow.plan, cold: coldMigrateWorkflow.plan } as const;
