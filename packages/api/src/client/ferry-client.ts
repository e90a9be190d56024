import type { AdoptInstanceBody, InstanceBody, KeepInstanceBody } from '../ferry/instance.ts';
import type { AuditBody, AuditFilter } from '../ferry/audit.ts';
import type { ConsoleBody, NewConsoleBody } from '../ferry/console.ts';
import type {
  CertificateRequestsBody,
  ConfiguredBody,
  ConfigureHostBody,
  RequestCertificatesBody,
} from '../ferry/configure.ts';
import type { DiagnosisBody, DoctorRequestBody } from '../ferry/doctor.ts';
import type { FixRequestBody, FixResultBody } from '../ferry/doctor-fix.ts';
import type { AddHostBody, FenceHostBody, HostBody, HostDetailBody, SetHostBody } from '../ferry/host.ts';
import type {
  ForecastErrorsBody,
  ForecastFilter,
  ForecastReportBody,
  MemoryProfileBody,
} from '../ferry/forecast.ts';
import type { FlavorBody, NewFlavorBody } from '../ferry/flavor.ts';
import type { ImageBody } from '../ferry/image.ts';
import type { HostFilter, InstanceFilter, MigrationFilter } from '../ferry/list-filters.ts';
import type { EventBody, EventFilter, HealthBody } from '../ferry/event.ts';
import type {
  ChangeMigrationBody,
  CheckReportBody,
  EvacuateBody,
  MigrationBody,
} from '../ferry/migration.ts';
import type { MoveBody } from '../ferry/move-options.ts';
import type {
  ChangedSecurityGroupBody,
  InstanceGroupsBody,
  NewSecurityGroupBody,
  NewSecurityGroupRuleBody,
  SecurityGroupBody,
  SetInstanceGroupsBody,
} from '../ferry/security-group.ts';
import type { NewPlanBody, PlanBody, PlanDetailBody, PlanFilter, PlanStepBody } from '../ferry/plan.ts';
import type { BalancerBody, SetBalancerBody } from '../ferry/balancer.ts';
import type { EffectivePolicyBody, PolicyBody, SetPolicyBody } from '../ferry/policy.ts';
import type { NewVolumeTypeBody, VolumeTypeBody } from '../ferry/volume-type.ts';
import type { NewVolumeBody, SetVolumeBody, VolumeBody } from '../ferry/volume.ts';
import type {
  NewWebhookBody,
  WebhookBody,
  WebhookDeliveryBody,
  WebhookDetailBody,
} from '../ferry/webhook.ts';
import { ApiError } from './api-error.ts';
import { HttpTransport } from './http-transport.ts';
import { pathSegment } from './path-segment.ts';

/** Entries of a page at most. */
const longestPage = 1_000;
/** How many entries of a list are wanted, from 1. */
interface Most {
  readonly limit?: number;
}

/** Readings of one list, when what a page begins after is removed meanwhile. */
const maxAttempts = 3;

/** Where the controller is and who asks. */
export interface FerryClientOptions {
  /** `http://host:port` or `unix:/path/to/socket`. */
  readonly url: string;
  readonly token: string;
  /** Certificate authority that is believed beside those that Node knows, in PEM. */
  readonly authority?: string | undefined;
  /** Longest wait for one answer; 30 s when not given. */
  readonly timeoutMs?: number;
}

/** A little more than the controller takes at most. */
const longestDoctorMs = 960_000;

/** The Ferry API as typed calls. Every refusal is thrown as an ApiError. */
export class FerryClient {
  readonly #http: HttpTransport;

  constructor(options: FerryClientOptions) {
    this.#http = new HttpTransport(options);
  }

  health(): Promise<HealthBody> {
    return this.#http.json('GET', '/health');
  }

  /** A page of the audit log: newest first, or oldest first `after` a number. */
  async audit(filter: AuditFilter = {}): Promise<AuditBody[]> {
    const query = new URLSearchParams(
      Object.entries(filter).map(([name, value]): [string, string] => [name, String(value)]),
    );
    return (await this.#http.json<{ records: AuditBody[] }>('GET', `/audit?${query.toString()}`)).records;
  }

  /** Those that fit; `limit`: so many of them at most, all when it is not given. */
  hosts({ limit, ...filter }: HostFilter & Most = {}): Promise<HostBody[]> {
    return this.#all('/hosts', 'hosts', filter, limit);
  }

  host(nameOrId: string): Promise<HostDetailBody> {
    return this.#http.json('GET', `/hosts/${pathSegment(nameOrId)}`);
  }

  addHost(body: AddHostBody): Promise<HostDetailBody> {
    return this.#http.json('POST', '/hosts', body);
  }

  /** Takes as long as the slowest host: a shell on each is started, and silent ways are waited for. */
  doctor(body: DoctorRequestBody): Promise<DiagnosisBody> {
    return this.#http.json('POST', '/doctor', body, longestDoctorMs);
  }

  fixFindings(body: FixRequestBody): Promise<FixResultBody> {
    return this.#http.json('POST', '/doctor/fix', body, 2 * longestDoctorMs);
  }

  requestCertificates(nameOrId: string, body: RequestCertificatesBody): Promise<CertificateRequestsBody> {
    return this.#http.json(
      'POST',
      `/hosts/${pathSegment(nameOrId)}/certificate-requests`,
      body,
      longestDoctorMs,
    );
  }

  configureHost(nameOrId: string, body: ConfigureHostBody): Promise<ConfiguredBody> {
    return this.#http.json('POST', `/hosts/${pathSegment(nameOrId)}/configure`, body, longestDoctorMs);
  }

  setHost(nameOrId: string, body: SetHostBody): Promise<HostBody> {
    return this.#http.json('PATCH', `/hosts/${pathSegment(nameOrId)}`, body);
  }

  /** Powered off by the controller's hook, or by whoever says so. */
  fenceHost(nameOrId: string, body: FenceHostBody): Promise<HostBody> {
    return this.#http.json('POST', `/hosts/${pathSegment(nameOrId)}/fence`, body);
  }

  flavors(): Promise<FlavorBody[]> {
    return this.#all('/flavors', 'flavors');
  }

  addFlavor(body: NewFlavorBody): Promise<FlavorBody> {
    return this.#http.json('POST', '/flavors', body);
  }

  deleteFlavor(nameOrId: string): Promise<FlavorBody> {
    return this.#http.json('DELETE', `/flavors/${pathSegment(nameOrId)}`);
  }

  webhooks(): Promise<WebhookBody[]> {
    return this.#all('/webhooks', 'webhooks');
  }

  webhook(nameOrId: string): Promise<WebhookDetailBody> {
    return this.#http.json('GET', `/webhooks/${pathSegment(nameOrId)}`);
  }

  addWebhook(body: NewWebhookBody): Promise<WebhookBody> {
    return this.#http.json('POST', '/webhooks', body);
  }

  deleteWebhook(nameOrId: string): Promise<WebhookBody> {
    return this.#http.json('DELETE', `/webhooks/${pathSegment(nameOrId)}`);
  }

  /** Sends it a message of no event, now. */
  testWebhook(nameOrId: string): Promise<WebhookDeliveryBody> {
    return this.#http.json('POST', `/webhooks/${pathSegment(nameOrId)}/test`);
  }

  images(host: string): Promise<ImageBody[]> {
    return this.#all(`/hosts/${pathSegment(host)}/images`, 'images');
  }

  removeImage(host: string, path: string): Promise<ImageBody> {
    const query = `path=${encodeURIComponent(path)}`;
    return this.#http.json('DELETE', `/hosts/${pathSegment(host)}/images?${query}`);
  }

  volumes(): Promise<VolumeBody[]> {
    return this.#all('/volumes', 'volumes');
  }

  volume(nameOrId: string): Promise<VolumeBody> {
    return this.#http.json('GET', `/volumes/${pathSegment(nameOrId)}`);
  }

  addVolume(body: NewVolumeBody): Promise<VolumeBody> {
    return this.#http.json('POST', '/volumes', body);
  }

  setVolume(nameOrId: string, body: SetVolumeBody): Promise<VolumeBody> {
    return this.#http.json('PATCH', `/volumes/${pathSegment(nameOrId)}`, body);
  }

  /** `content`: what is in a pool goes also where Ferry did not make it. */
  deleteVolume(nameOrId: string, content = false): Promise<VolumeBody> {
    return this.#http.json('DELETE', `/volumes/${pathSegment(nameOrId)}?content=${content}`);
  }

  volumeTypes(): Promise<VolumeTypeBody[]> {
    return this.#all('/volume-types', 'volumeTypes');
  }

  addVolumeType(body: NewVolumeTypeBody): Promise<VolumeTypeBody> {
    return this.#http.json('POST', '/volume-types', body);
  }

  deleteVolumeType(nameOrId: string): Promise<VolumeTypeBody> {
    return this.#http.json('DELETE', `/volume-types/${pathSegment(nameOrId)}`);
  }

  /** By name. */
  balancers(): Promise<BalancerBody[]> {
    return this.#all('/balancers', 'balancers');
  }

  balancer(name: string): Promise<BalancerBody> {
    return this.#http.json('GET', `/balancers/${pathSegment(name)}`);
  }

  /** What is not given is as it was, or as usual. */
  setBalancer(name: string, body: SetBalancerBody): Promise<BalancerBody> {
    return this.#http.json('PUT', `/balancers/${pathSegment(name)}`, body);
  }

  deleteBalancer(name: string): Promise<BalancerBody> {
    return this.#http.json('DELETE', `/balancers/${pathSegment(name)}`);
  }

  policies(): Promise<PolicyBody[]> {
    return this.#all('/policies', 'policies');
  }

  policy(name: string): Promise<PolicyBody> {
    return this.#http.json('GET', `/policies/${pathSegment(name)}`);
  }

  /** In place of what it said before. */
  setPolicy(name: string, body: SetPolicyBody): Promise<PolicyBody> {
    return this.#http.json('PUT', `/policies/${pathSegment(name)}`, body);
  }

  deletePolicy(name: string): Promise<PolicyBody> {
    return this.#http.json('DELETE', `/policies/${pathSegment(name)}`);
  }

  /** What holds for moves of an instance; `policy`: with one that a move would name. */
  effectivePolicy(instance: string, policy: string | null = null): Promise<EffectivePolicyBody> {
    const query = policy === null ? '' : `?policy=${encodeURIComponent(policy)}`;
    return this.#http.json('GET', `/instances/${pathSegment(instance)}/policy${query}`);
  }

  /** Those that fit; `limit`: so many of them at most, all when it is not given. */
  instances({ limit, ...filter }: InstanceFilter & Most = {}): Promise<InstanceBody[]> {
    return this.#all('/instances', 'instances', filter, limit);
  }

  instance(nameOrId: string): Promise<InstanceBody> {
    return this.#http.json('GET', `/instances/${pathSegment(nameOrId)}`);
  }

  adoptInstance(body: AdoptInstanceBody): Promise<InstanceBody> {
    return this.#http.json('POST', '/instances', body);
  }

  /** Its domain and its files stay as they are. */
  forgetInstance(nameOrId: string): Promise<InstanceBody> {
    return this.#http.json('DELETE', `/instances/${pathSegment(nameOrId)}`);
  }

  /** Nothing on it is touched. */
  removeHost(nameOrId: string): Promise<HostBody> {
    return this.#http.json('DELETE', `/hosts/${pathSegment(nameOrId)}`);
  }

  /** Of several copies the one on this host goes on, and the others are ended. */
  keepInstance(instance: string, body: KeepInstanceBody): Promise<InstanceBody> {
    return this.#http.json('POST', `/instances/${pathSegment(instance)}/keep`, body);
  }

  /** A token for its serial console or its screen. */
  requestConsole(instance: string, body: NewConsoleBody): Promise<ConsoleBody> {
    return this.#http.json('POST', `/instances/${pathSegment(instance)}/consoles`, body);
  }

  check(instance: string, move: MoveBody): Promise<CheckReportBody> {
    return this.#http.json('POST', `/instances/${pathSegment(instance)}/check`, move);
  }

  /** Measures its guest, which takes a while. */
  forecast(instance: string, move: MoveBody): Promise<ForecastReportBody> {
    return this.#http.json('POST', `/instances/${pathSegment(instance)}/forecast`, move);
  }

  /** Of all that have ended, or of those of an instance. */
  forecastErrors(filter: ForecastFilter = {}): Promise<ForecastErrorsBody> {
    const query = new URLSearchParams(filter);
    return this.#http.json(
      'GET',
      query.size === 0 ? '/forecasts/errors' : `/forecasts/errors?${query.toString()}`,
    );
  }

  memoryProfile(instance: string): Promise<MemoryProfileBody> {
    return this.#http.json('GET', `/instances/${pathSegment(instance)}/memory-profile`);
  }

  migrate(instance: string, move: MoveBody): Promise<MigrationBody> {
    return this.#http.json('POST', `/instances/${pathSegment(instance)}/migrations`, move);
  }

  /** All of a live migration but the move; what it found stands in the migration that this gives (`rehearsal`). */
  rehearse(instance: string, move: MoveBody): Promise<MigrationBody> {
    return this.#http.json('POST', `/instances/${encodeURIComponent(instance)}/rehearsals`, move);
  }

  /** Its host is gone and known to be off. */
  evacuate(instance: string, body: EvacuateBody): Promise<MigrationBody> {
    return this.#http.json('POST', `/instances/${pathSegment(instance)}/evacuate`, body);
  }

  /** Those that fit; `limit`: so many of them at most, all when it is not given. */
  migrations({ limit, ...filter }: MigrationFilter & Most = {}): Promise<MigrationBody[]> {
    return this.#all('/migrations', 'migrations', filter, limit);
  }

  migration(id: string): Promise<MigrationBody> {
    return this.#http.json('GET', `/migrations/${pathSegment(id)}`);
  }

  abortMigration(id: string): Promise<MigrationBody> {
    return this.#http.json('POST', `/migrations/${pathSegment(id)}/abort`);
  }

  /** What holds for its transfer from now on. */
  changeMigration(id: string, body: ChangeMigrationBody): Promise<MigrationBody> {
    return this.#http.json('PATCH', `/migrations/${pathSegment(id)}`, body);
  }

  endTransfer(id: string, end: 'force-complete' | 'post-copy' | 'pause'): Promise<MigrationBody> {
    return this.#http.json('POST', `/migrations/${pathSegment(id)}/${end}`);
  }

  /** What it showed and what was decided on it, NDJSON. */
  recording(id: string): Promise<string> {
    return this.#http.text(`/migrations/${pathSegment(id)}/recording`);
  }

  /** Of a migration that is held. */
  decideMigration(id: string, decision: 'confirm' | 'revert'): Promise<MigrationBody> {
    return this.#http.json('POST', `/migrations/${pathSegment(id)}/${decision}`);
  }

  /** Newest first. */
  plans({ limit, ...filter }: PlanFilter & Most = {}): Promise<PlanBody[]> {
    return this.#all('/plans', 'plans', filter, limit);
  }

  plan(id: string): Promise<PlanDetailBody> {
    return this.#http.json('GET', `/plans/${encodeURIComponent(id)}`);
  }

  planSteps(id: string, filter: { readonly state?: PlanStepBody['state'] } = {}): Promise<PlanStepBody[]> {
    return this.#all(`/plans/${encodeURIComponent(id)}/steps`, 'steps', filter);
  }

  /** A Gantt chart, SVG. */
  planChart(id: string): Promise<string> {
    return this.#http.text(`/plans/${encodeURIComponent(id)}/gantt.svg`);
  }

  /** Keeps a plan; nothing is moved. */
  makePlan(body: NewPlanBody): Promise<PlanDetailBody> {
    return this.#http.json('POST', '/plans', body);
  }

  deletePlan(id: string): Promise<PlanDetailBody> {
    return this.#http.json('DELETE', `/plans/${encodeURIComponent(id)}`);
  }

  askPlan(id: string, what: 'apply' | 'pause' | 'resume' | 'continue' | 'replan'): Promise<PlanDetailBody> {
    return this.#http.json('POST', `/plans/${encodeURIComponent(id)}/${what}`);
  }

  cancelPlan(id: string, running: 'finish' | 'abort' = 'finish'): Promise<PlanDetailBody> {
    return this.#http.json('POST', `/plans/${encodeURIComponent(id)}/cancel`, { running });
  }

  securityGroups(): Promise<SecurityGroupBody[]> {
    return this.#all('/security-groups', 'securityGroups');
  }

  securityGroup(nameOrId: string): Promise<SecurityGroupBody> {
    return this.#http.json('GET', groupPath(nameOrId));
  }

  addSecurityGroup(body: NewSecurityGroupBody): Promise<SecurityGroupBody> {
    return this.#http.json('POST', '/security-groups', body);
  }

  deleteSecurityGroup(nameOrId: string): Promise<SecurityGroupBody> {
    return this.#http.json('DELETE', groupPath(nameOrId));
  }

  addSecurityGroupRule(nameOrId: string, body: NewSecurityGroupRuleBody): Promise<ChangedSecurityGroupBody> {
    return this.#http.json('POST', `${groupPath(nameOrId)}/rules`, body);
  }

  deleteSecurityGroupRule(nameOrId: string, rule: string): Promise<ChangedSecurityGroupBody> {
    return this.#http.json('DELETE', `${groupPath(nameOrId)}/rules/${pathSegment(rule)}`);
  }

  instanceGroups(instance: string): Promise<InstanceGroupsBody> {
    return this.#http.json('GET', `/instances/${pathSegment(instance)}/security-groups`);
  }

  setInstanceGroups(instance: string, body: SetInstanceGroupsBody): Promise<InstanceGroupsBody> {
    return this.#http.json('PUT', `/instances/${pathSegment(instance)}/security-groups`, body);
  }

  /** Events after a sequence number (null: from now on), as they come, until the signal ends it or the connection breaks. */
  events(after: number | null, signal: AbortSignal, filter: EventFilter = {}): AsyncIterable<EventBody> {
    const query = new URLSearchParams(filter);
    return this.#http.events(query.size === 0 ? '/events' : `/events?${query.toString()}`, after, signal);
  }

  /** A list, page by page; from its beginning again when the entry went after which it was to go on. */
  async #all<T>(
    path: string,
    noun: string,
    filter: Readonly<Record<string, string>> = {},
    most = Number.POSITIVE_INFINITY,
  ): Promise<T[]> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#pages<T>(path, noun, filter, most);
      } catch (error) {
        const isGone = error instanceof ApiError && error.code === 'marker-not-found';
        if (!isGone || attempt === maxAttempts) throw error;
      }
    }
  }

  async #pages<T>(
    path: string,
    noun: string,
    filter: Readonly<Record<string, string>>,
    most: number,
  ): Promise<T[]> {
    const all: T[] = [];
    const query = new URLSearchParams(filter);
    for (;;) {
      if (most - all.length < longestPage) query.set('limit', String(most - all.length));
      const asked = query.size === 0 ? path : `${path}?${query.toString()}`;
      const body = await this.#http.json<Record<string, unknown>>('GET', asked);
      all.push(...(body[noun] as T[]));
      // Controllers of before there were pages tell all at once.
      const next = body['next'] as string | null | undefined;
      if (next === null || next === undefined || all.length >= most) return all.slice(0, most);
      query.set('marker', next);
    }
  }
}

function groupPath(nameOrId: string): string {
  return `/security-groups/${pathSegment(nameOrId)}`;
}
