import type { ControllerOptions } from '@ferry/controller';
import type { PlanBody, PlanStepBody } from '@ferry/api';
import { Stage, until } from './world.ts';

/** What stands on the hosts of a plan's test. */
export interface PlanWorldOptions {
  /** So many on compute11, each of 128 MiB, `vm-01` and so on, their disks shared by all hosts. */
  readonly guests: number;
  readonly options?: Partial<ControllerOptions>;
}

/** Three simulated hosts with guests, and a controller that looks at its plans all the time. */
export class PlanWorld implements AsyncDisposable {
  readonly stage: Stage;
  readonly ids: readonly string[];
  readonly names: readonly string[];

  constructor(stage: Stage, ids: readonly string[], names: readonly string[]) {
    this.stage = stage;
    this.ids = ids;
    this.names = names;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stage[Symbol.asyncDispose]();
  }

  /** Waits until a plan stands somewhere. */
  planIs(id: string, ...states: readonly PlanBody['state'][]): Promise<PlanBody> {
    return this.planWhen(id, `is ${states.join(' or ')}`, ({ state }) => states.includes(state));
  }

  planWhen(id: string, what: string, when: (plan: PlanBody) => boolean): Promise<PlanBody> {
    let last: unknown = null;
    return until(
      () => `the plan ${what}; it is ${JSON.stringify(last)}`,
      async () => {
        const { plan } = await this.stage.client().plan(id);
        const steps = await this.stage.client().planSteps(id);
        last = [
          plan.state,
          plan.reason,
          plan.problems,
          steps.map((one) => [one.action.kind, one.state, one.reason]),
        ];
        return when(plan) ? plan : null;
      },
    );
  }

  /** Waits until any step of a plan is in a state. */
  anyStep(id: string, state: PlanStepBody['state']): Promise<PlanStepBody> {
    return this.stepWhen(id, `in the state ${state}`, (step) => step.state === state);
  }

  stepWhen(id: string, what: string, when: (step: PlanStepBody) => boolean): Promise<PlanStepBody> {
    let last: unknown = null;
    return until(
      () => `a step ${what}: ${JSON.stringify(last)}`,
      async () => {
        const steps = await this.stage.client().planSteps(id);
        last = steps.map((one) => [one.action.kind, one.state, one.reason]);
        return steps.find(when) ?? null;
      },
    );
  }
}

export async function planWorld({ guests, options = {} }: PlanWorldOptions): Promise<PlanWorld> {
  const stage = await Stage.open({}, { planIntervalMs: 20, ...options });
  const names = Array.from({ length: guests }, (_, index) => `vm-${String(index + 1).padStart(2, '0')}`);
  const ids: string[] = [];
  for (const name of names) ids.push(await stage.guest({ name, directory: '/shared' }));
  return new PlanWorld(stage, ids, names);
}
