import {
  CancelPlanSchema,
  NewPlanSchema,
  PlanDetailSchema,
  type PlanDetailBody,
  PlanFilterSchema,
  PlanSchema,
  PlanStepSchema,
  ProblemSchema,
  stepStates,
} from '@ferry/api';
import { drawPlan, type PlanRecord, type StepRecord } from '@ferry/model';
import { Type } from 'typebox';
import {
  applyPlan,
  cancelPlan,
  continuePlan,
  deletePlan,
  findPlan,
  pausePlan,
  rehearsePlan,
  replanPlan,
  resumePlan,
} from '../../operations/plans/change-plan.ts';
import { makeFleetPlan } from '../../operations/plans/make-fleet-plan.ts';
import { fleetNotes } from '../../operations/plans/read-fleet.ts';
import { Refusal } from '../../operations/engine/refusal.ts';
import { ferry } from '../access/access.ts';
import type { Api, App, RouteOptions } from '../routing/api.ts';
import { readTime } from '../routing/read-time.ts';
import { listPlans } from './ferry-lists.ts';
import { filteredQuery, listPage, pageBounds, pageSchema } from './list-page.ts';
import { type Names, planDetail, planStepBody } from './views/plan-view.ts';

const named = Type.Object({ plan: Type.String() });
const answers = {
  200: PlanDetailSchema,
  400: ProblemSchema,
  403: ProblemSchema,
  404: ProblemSchema,
  409: ProblemSchema,
} as const;

const StepFilterSchema = Type.Object({
  state: Type.Optional(
    Type.Unsafe<(typeof stepStates)[number]>(Type.Enum([...stepStates], { description: 'where it stands' })),
  ),
});

/** What people ask of a plan, beside applying and cancelling it. */
const asked = {
  rehearse: {
    summary:
      'Rehearse the live moves of a plan, one at a time over each port; nothing is moved, and all is taken back',
    act: rehearsePlan,
  },
  pause: { summary: 'Begin nothing new of a plan; what runs goes on', act: pausePlan },
  resume: { summary: 'Let a paused plan go on', act: resumePlan },
  continue: { summary: 'Give a person’s word for the steps of a plan that wait for one', act: continuePlan },
  replan: { summary: 'Plan what was not begun anew, on the fleet as it is now', act: replanPlan },
} as const;

/** Plans for the fleet: make, list, show, apply, pause, resume, cancel, delete. */
export function planRoutes(app: App, { api }: RouteOptions): Promise<void> {
  const detail = (plan: PlanRecord): Promise<PlanDetailBody> => detailOf(api, plan);
  app.get(
    '/plans',
    {
      config: { access: ferry('reader') },
      schema: {
        summary: 'All plans, newest first',
        querystring: filteredQuery(PlanFilterSchema),
        response: { 200: pageSchema('plans', PlanSchema) },
      },
    },
    async ({ query: { limit, marker, ...filter } }) => {
      const { entries, next } = await listPlans(api.store, filter, pageBounds({ limit, marker }));
      return { plans: entries, next };
    },
  );
  app.post(
    '/plans',
    {
      config: { access: ferry('operator') },
      schema: {
        summary: 'Make a plan and keep it; nothing is moved until it is applied',
        body: NewPlanSchema,
        response: { ...answers, 201: PlanDetailSchema },
      },
    },
    async ({ body, actor }, reply) => {
      const { deadline, ...rest } = body;
      const wanted = deadline === undefined ? rest : { ...rest, deadline: readTime('deadline', deadline) };
      const plan = await makeFleetPlan(api.services, wanted, actor?.userName ?? 'somebody');
      return reply.code(201).send(await detail(plan));
    },
  );
  app.get(
    '/plans/:plan',
    {
      config: { access: ferry('reader') },
      schema: { summary: 'One plan with all that it found', params: named, response: answers },
    },
    async ({ params }) => detail(await findPlan(api.services, params.plan)),
  );
  app.get(
    '/plans/:plan/steps',
    {
      config: { access: ferry('reader') },
      schema: {
        summary: 'The steps of a plan, by number: each with its state and what it waits for',
        params: named,
        querystring: filteredQuery(StepFilterSchema),
        response: { 200: pageSchema('steps', PlanStepSchema), 404: ProblemSchema },
      },
    },
    async ({ params, query: { state, ...page } }) => {
      await findPlan(api.services, params.plan);
      const steps = await api.store.plans.steps(params.plan);
      const wanted = steps.filter((step) => state === undefined || step.state.kind === state);
      const { page: shown, next } = listPage(wanted, page, ({ number }) => String(number));
      return { steps: await stepBodies(api, shown), next };
    },
  );
  app.get(
    '/plans/:plan/gantt.svg',
    {
      config: { access: ferry('reader') },
      schema: { summary: 'A plan as a Gantt chart (image/svg+xml)', params: named },
    },
    async ({ params }, reply) => {
      const plan = await findPlan(api.services, params.plan);
      const steps = await api.store.plans.steps(plan.id);
      const names = await namesOf(
        api,
        steps.flatMap(({ action }) => ('guestId' in action ? [action.guestId] : [])),
      );
      const shown = steps.filter(({ state }) => state.kind !== 'dropped');
      const chart = drawPlan({ ...plan.outline, steps: shown }, { hosts: names, guests: names });
      // Names are others' words: nothing in it is to be run by whoever opens it.
      return reply
        .header('content-type', 'image/svg+xml; charset=utf-8')
        .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
        .send(chart);
    },
  );
  app.delete(
    '/plans/:plan',
    {
      config: { access: ferry('operator') },
      schema: { summary: 'Forget a plan for which nothing is to be done', params: named, response: answers },
    },
    async ({ params }) => {
      const body = await detail(await findPlan(api.services, params.plan));
      await deletePlan(api.services, params.plan);
      return body;
    },
  );
  app.post(
    '/plans/:plan/apply',
    {
      config: { access: ferry('operator') },
      schema: {
        summary: 'Carry a plan out; refused when the fleet has changed or another plan is at the same',
        params: named,
        response: { ...answers, 202: PlanDetailSchema },
      },
    },
    async ({ params, actor, role }, reply) => {
      const { goal } = await findPlan(api.services, params.plan);
      if (role !== 'admin' && (goal.kind === 'evacuate' || goal.kind === 'upgrade'))
        throw new Refusal('forbidden', `To carry out an ${goal.kind} needs the role admin, as its parts do.`);
      const plan = await applyPlan(api.services, params.plan, actor?.userName ?? 'somebody');
      return reply.code(202).send(await detail(plan));
    },
  );
  for (const [word, { summary, act }] of Object.entries(asked))
    app.post(
      `/plans/:plan/${word}`,
      { config: { access: ferry('operator') }, schema: { summary, params: named, response: answers } },
      async ({ params, actor }) =>
        detail(await act(api.services, params.plan, actor?.userName ?? 'somebody')),
    );
  app.post(
    '/plans/:plan/cancel',
    {
      config: { access: ferry('operator') },
      schema: {
        summary: 'Begin nothing more of a plan; what has moved stays, what runs finishes or is aborted',
        params: named,
        body: CancelPlanSchema,
        response: answers,
      },
    },
    async ({ params, body: { running = 'finish' }, actor }) =>
      detail(await cancelPlan(api.services, params.plan, actor?.userName ?? 'somebody', running)),
  );
  return Promise.resolve();
}

async function detailOf(api: Api, plan: PlanRecord): Promise<PlanDetailBody> {
  const counts = (await api.store.plans.counts([plan.id])).get(plan.id) ?? {};
  const { blockers, stays } = plan.outline;
  const instances = [
    ...blockers.flatMap(({ guestId }) => guestId ?? []),
    ...stays.map(({ guestId }) => guestId),
  ];
  return planDetail(plan, counts, await namesOf(api, instances), await fleetNotes(api.services));
}

async function stepBodies(
  api: Api,
  steps: readonly StepRecord[],
): Promise<ReturnType<typeof planStepBody>[]> {
  const names = await namesOf(
    api,
    steps.flatMap(({ action }) => ('guestId' in action ? [action.guestId] : [])),
  );
  return Promise.all(steps.map(async (step) => planStepBody(step, names, await percentOf(api, step))));
}

async function percentOf({ store }: Api, { state, migrationId }: StepRecord): Promise<number | null> {
  if (state.kind !== 'running' || migrationId === null) return null;
  const progress = (await store.migrations.byId(migrationId))?.progress ?? null;
  if (progress === null || progress.totalBytes === 0) return null;
  return Math.max(0, Math.min(100, Math.round((100 * progress.doneBytes) / progress.totalBytes)));
}

/** Those that are gone keep their ids. */
async function namesOf({ store }: Api, instanceIds: readonly string[]): Promise<Names> {
  const ids = [...new Set(instanceIds)];
  const instances = ids.length === 0 ? [] : await store.instances.byIds(ids);
  return new Map([
    ...(await store.hosts.list()).map(({ id, name }) => [id, name] as const),
    ...instances.map(({ id, name }) => [id, name] as const),
  ]);
}
