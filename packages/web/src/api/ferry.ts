import type {
  AddHostBody,
  AuditBody,
  BalancerBody,
  ChangeMigrationBody,
  CheckReportBody,
  ConsoleBody,
  DiagnosisBody,
  EffectivePolicyBody,
  FenceHostBody,
  FixRequestBody,
  FixResultBody,
  ForecastReportBody,
  HostBody,
  HostDetailBody,
  ImageBody,
  InstanceBody,
  InstanceDevicesBody,
  InstanceFilter,
  KeptDiagnosisBody,
  MemoryProfileBody,
  MigrationBody,
  MoveBody,
  NewPlanBody,
  NewWebhookBody,
  PlanBody,
  PlanDetailBody,
  PlanStepBody,
  PolicyBody,
  SetBalancerBody,
  SetHostBody,
  SetPolicyBody,
  SessionBody,
  SignInBody,
  WebhookBody,
  WebhookDeliveryBody,
  WebhookDetailBody,
} from '@ferry/api';
import { allPages, json, request } from './request.ts';

const v1 = '/ferry/v1';
const at = encodeURIComponent;

/** A little more than the controller takes at most. */
const longestDoctorMs = 960_000;

/** What may be asked of an instance's power, in Nova's words for it. */
const powerBodies = {
  start: { 'os-start': null },
  stop: { 'os-stop': null },
  'reboot-soft': { reboot: { type: 'SOFT' } },
  'reboot-hard': { reboot: { type: 'HARD' } },
  pause: { pause: null },
  unpause: { unpause: null },
  suspend: { suspend: null },
  resume: { resume: null },
} as const;
export type PowerAction = keyof typeof powerBodies;

/** The controller's API, as far as the dashboard uses it. */
export const ferry = {
  session: () => json<SessionBody>('GET', `${v1}/session`),
  signIn: (body: SignInBody) => json<SessionBody>('POST', `${v1}/session`, { body }),
  signOut: () => request('DELETE', `${v1}/session`),

  hosts: (signal?: AbortSignal) =>
    allPages<HostBody>(`${v1}/hosts`, 'hosts', signal === undefined ? {} : { signal }),
  host: (id: string) => json<HostDetailBody>('GET', `${v1}/hosts/${at(id)}`),
  addHost: (body: AddHostBody) => json<HostDetailBody>('POST', `${v1}/hosts`, { body }),
  setHost: (id: string, body: SetHostBody) => json<HostBody>('PATCH', `${v1}/hosts/${at(id)}`, { body }),
  removeHost: (id: string) => json<HostBody>('DELETE', `${v1}/hosts/${at(id)}`),
  fenceHost: (id: string, body: FenceHostBody) =>
    json<HostBody>('POST', `${v1}/hosts/${at(id)}/fence`, { body }),
  doctor: (hosts: readonly string[]) =>
    json<DiagnosisBody>('POST', `${v1}/doctor`, {
      body: hosts.length === 0 ? {} : { hosts },
      patienceMs: longestDoctorMs,
    }),
  /** What was found last, by whoever looked. */
  keptDiagnosis: () => json<KeptDiagnosisBody>('GET', `${v1}/doctor`),
  fixFindings: (body: FixRequestBody) =>
    json<FixResultBody>('POST', `${v1}/doctor/fix`, { body, patienceMs: 2 * longestDoctorMs }),
  baseImages: (host: string) => allPages<ImageBody>(`${v1}/hosts/${at(host)}/images`, 'images'),
  removeBaseImage: (host: string, path: string) =>
    json<ImageBody>('DELETE', `${v1}/hosts/${at(host)}/images?path=${at(path)}`),
  adopt: (host: string, domain: string) =>
    json<InstanceBody>('POST', `${v1}/instances`, { body: { host, domain } }),
  instances: (options: Parameters<typeof allPages<InstanceBody>>[2]) =>
    allPages<InstanceBody>(`${v1}/instances`, 'instances', options),
  /** Those that fit, as many as a page has, and whether there are more. */
  someInstances: (filter: InstanceFilter, limit: number) => {
    const query = new URLSearchParams({ ...filter, limit: String(limit) }).toString();
    return json<{ instances: InstanceBody[]; next: string | null }>('GET', `${v1}/instances?${query}`);
  },
  instance: (id: string) => json<InstanceBody>('GET', `${v1}/instances/${at(id)}`),
  devices: (id: string) => json<InstanceDevicesBody>('GET', `${v1}/instances/${at(id)}/devices`),
  policy: (id: string) => json<EffectivePolicyBody>('GET', `${v1}/instances/${at(id)}/policy`),
  check: (id: string, body: MoveBody, signal?: AbortSignal) =>
    json<CheckReportBody>('POST', `${v1}/instances/${at(id)}/check`, {
      body,
      ...(signal === undefined ? {} : { signal }),
    }),
  move: (id: string, body: MoveBody) =>
    json<MigrationBody>('POST', `${v1}/instances/${at(id)}/migrations`, { body }),
  console: (id: string, kind: ConsoleBody['kind']) =>
    json<ConsoleBody>('POST', `${v1}/instances/${at(id)}/consoles`, { body: { kind } }),
  screenshot: async (id: string) => (await request('POST', `${v1}/instances/${at(id)}/screenshot`)).blob(),
  power: (id: string, action: PowerAction) =>
    request('POST', `/v2.1/servers/${at(id)}/action`, { body: powerBodies[action] }),

  migrations: async (filter: Readonly<Record<string, string>>) => {
    const query = new URLSearchParams(filter).toString();
    const body = await json<{ migrations: MigrationBody[] }>('GET', `${v1}/migrations?${query}`);
    return body.migrations;
  },
  migration: (id: string) => json<MigrationBody>('GET', `${v1}/migrations/${at(id)}`),
  abort: (id: string) => json<MigrationBody>('POST', `${v1}/migrations/${at(id)}/abort`),
  decide: (id: string, decision: 'confirm' | 'revert') =>
    json<MigrationBody>('POST', `${v1}/migrations/${at(id)}/${decision}`),
  endTransfer: (id: string, end: 'force-complete' | 'post-copy' | 'pause') =>
    json<MigrationBody>('POST', `${v1}/migrations/${at(id)}/${end}`),
  change: (id: string, body: ChangeMigrationBody) =>
    json<MigrationBody>('PATCH', `${v1}/migrations/${at(id)}`, { body }),
  policies: () => allPages<PolicyBody>(`${v1}/policies`, 'policies'),
  setPolicy: (name: string, body: SetPolicyBody) =>
    json<PolicyBody>('PUT', `${v1}/policies/${at(name)}`, { body }),
  deletePolicy: (name: string) => json<PolicyBody>('DELETE', `${v1}/policies/${at(name)}`),
  audit: async (filter: Readonly<Record<string, string>>) => {
    const query = new URLSearchParams(filter).toString();
    return (await json<{ records: AuditBody[] }>('GET', `${v1}/audit?${query}`)).records;
  },
  forecast: (id: string, body: MoveBody) =>
    json<ForecastReportBody>('POST', `${v1}/instances/${at(id)}/forecast`, { body }),
  memoryProfile: (id: string) => json<MemoryProfileBody>('GET', `${v1}/instances/${at(id)}/memory-profile`),
  balancers: () => allPages<BalancerBody>(`${v1}/balancers`, 'balancers'),
  setBalancer: (name: string, body: SetBalancerBody) =>
    json<BalancerBody>('PUT', `${v1}/balancers/${at(name)}`, { body }),
  deleteBalancer: (name: string) => json<BalancerBody>('DELETE', `${v1}/balancers/${at(name)}`),
  plans: async () => (await json<{ plans: PlanBody[] }>('GET', `${v1}/plans?limit=200`)).plans,
  plan: (id: string) => json<PlanDetailBody>('GET', `${v1}/plans/${at(id)}`),
  planSteps: (id: string) => allPages<PlanStepBody>(`${v1}/plans/${at(id)}/steps`, 'steps'),
  makePlan: (body: NewPlanBody) => json<PlanDetailBody>('POST', `${v1}/plans`, { body }),
  askPlan: (id: string, word: 'apply' | 'pause' | 'resume' | 'continue' | 'replan') =>
    json<PlanDetailBody>('POST', `${v1}/plans/${at(id)}/${word}`),
  cancelPlan: (id: string) => json<PlanDetailBody>('POST', `${v1}/plans/${at(id)}/cancel`, { body: {} }),
  deletePlan: (id: string) => json<PlanDetailBody>('DELETE', `${v1}/plans/${at(id)}`),
  webhooks: () => allPages<WebhookBody>(`${v1}/webhooks`, 'webhooks'),
  webhook: (id: string) => json<WebhookDetailBody>('GET', `${v1}/webhooks/${at(id)}`),
  addWebhook: (body: NewWebhookBody) => json<WebhookBody>('POST', `${v1}/webhooks`, { body }),
  testWebhook: (id: string) => json<WebhookDeliveryBody>('POST', `${v1}/webhooks/${at(id)}/test`),
  deleteWebhook: (id: string) => json<WebhookBody>('DELETE', `${v1}/webhooks/${at(id)}`),
  recordingPath: (id: string) => `${v1}/migrations/${at(id)}/recording`,
  recording: async (id: string) => (await request('GET', `${v1}/migrations/${at(id)}/recording`)).text(),
} as const;
