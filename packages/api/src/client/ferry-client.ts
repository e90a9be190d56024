import type { AuditBody, AuditFilter } from '../ferry/audit.ts';
import type {
  CertificateRequestsBody,
  ConfiguredBody,
  ConfigureHostBody,
  RequestCertificatesBody,
} from '../ferry/configure.ts';
import type { DiagnosisBody, DoctorRequestBody, KeptDiagnosisBody } from '../ferry/doctor.ts';
import type { FixRequestBody, FixResultBody } from '../ferry/doctor-fix.ts';
import type { EventBody, EventFilter, HealthBody } from '../ferry/event.ts';
import type {
  ForecastErrorsBody,
  ForecastFilter,
  ForecastReportBody,
  MemoryProfileBody,
} from '../ferry/forecast.ts';
import type { AddHostBody, FenceHostBody, HostBody, HostDetailBody, SetHostBody } from '../ferry/host.ts';
import type {
  AdoptInstanceBody,
  ConsoleBody,
  InstanceBody,
  KeepInstanceBody,
  NewConsoleBody,
} from '../ferry/instance.ts';
import type { HostFilter, InstanceFilter, MigrationFilter } from '../ferry/list-filters.ts';
import type {
  ChangeMigrationBody,
  CheckReportBody,
  EvacuateBody,
  MigrationBody,
} from '../ferry/migration.ts';
import type { MoveBody } from '../ferry/move-options.ts';
import type { NewPlanBody, PlanBody, PlanDetailBody, PlanFilter, PlanStepBody } from '../ferry/plan.ts';
import { CatalogueClient } from './catalogue-client.ts';
import { pathSegment } from './http-transport.ts';

/** How many entries of a list are wanted, from 1. */
interface Most {
  readonly limit?: number;
}

/** A little more than the controller takes at most. */
const longestDoctorMs = 960_000;

/** The Ferry API as typed calls. Every refusal is thrown as an ApiError. */
export class FerryClient extends CatalogueClient {
  health(): Promise<HealthBody> {
    return this.http.json('GET', '/health');
  }

  /** A page of the audit log: newest first, or oldest first `after` a number. */
  async audit(filter: AuditFilter = {}): Promise<AuditBody[]> {
    const query = new URLSearchParams(
      Object.entries(filter).map(([name, value]): [string, string] => [name, String(value)]),
    );
    return (await this.http.json<{ records: AuditBody[] }>('GET', `/audit?${query.toString()}`)).records;
  }

  /** Those that fit; `limit`: so many of them at most, all when it is not given. */
  hosts({ limit, ...filter }: HostFilter & Most = {}): Promise<HostBody[]> {
    return this.all('/hosts', 'hosts', filter, limit);
  }

  host(nameOrId: string): Promise<HostDetailBody> {
    return this.http.json('GET', `/hosts/${pathSegment(nameOrId)}`);
  }

  addHost(body: AddHostBody): Promise<HostDetailBody> {
    return this.http.json('POST', '/hosts', body);
  }

  /** Takes as long as the slowest host: a shell on each is started, and silent ways are waited for. */
  doctor(body: DoctorRequestBody): Promise<DiagnosisBody> {
    return this.http.json('POST', '/doctor', body, longestDoctorMs);
  }

  /** What was found last, by whoever looked; no host is asked. */
  keptDiagnosis(): Promise<KeptDiagnosisBody> {
    return this.http.json('GET', '/doctor');
  }

  fixFindings(body: FixRequestBody): Promise<FixResultBody> {
    return this.http.json('POST', '/doctor/fix', body, 2 * longestDoctorMs);
  }

  requestCertificates(nameOrId: string, body: RequestCertificatesBody): Promise<CertificateRequestsBody> {
    return this.http.json(
      'POST',
      `/hosts/${pathSegment(nameOrId)}/certificate-requests`,
      body,
      longestDoctorMs,
    );
  }

  configureHost(nameOrId: string, body: ConfigureHostBody): Promise<ConfiguredBody> {
    return this.http.json('POST', `/hosts/${pathSegment(nameOrId)}/configure`, body, longestDoctorMs);
  }

  setHost(nameOrId: string, body: SetHostBody): Promise<HostBody> {
    return this.http.json('PATCH', `/hosts/${pathSegment(nameOrId)}`, body);
  }

  /** Powered off by the controller's hook, or by whoever says so. */
  fenceHost(nameOrId: string, body: FenceHostBody): Promise<HostBody> {
    return this.http.json('POST', `/hosts/${pathSegment(nameOrId)}/fence`, body);
  }

  /** Those that fit; `limit`: so many of them at most, all when it is not given. */
  instances({ limit, ...filter }: InstanceFilter & Most = {}): Promise<InstanceBody[]> {
    return this.all('/instances', 'instances', filter, limit);
  }

  instance(nameOrId: string): Promise<InstanceBody> {
    return this.http.json('GET', `/instances/${pathSegment(nameOrId)}`);
  }

  adoptInstance(body: AdoptInstanceBody): Promise<InstanceBody> {
    return this.http.json('POST', '/instances', body);
  }

  /** Its domain and its files stay as they are. */
  forgetInstance(nameOrId: string): Promise<InstanceBody> {
    return this.http.json('DELETE', `/instances/${pathSegment(nameOrId)}`);
  }

  /** Nothing on it is touched. */
  removeHost(nameOrId: string): Promise<HostBody> {
    return this.http.json('DELETE', `/hosts/${pathSegment(nameOrId)}`);
  }

  /** Of several copies the one on this host goes on, and the others are ended. */
  keepInstance(instance: string, body: KeepInstanceBody): Promise<InstanceBody> {
    return this.http.json('POST', `/instances/${pathSegment(instance)}/keep`, body);
  }

  /** A token for its serial console or its screen. */
  requestConsole(instance: string, body: NewConsoleBody): Promise<ConsoleBody> {
    return this.http.json('POST', `/instances/${pathSegment(instance)}/consoles`, body);
  }

  check(instance: string, move: MoveBody): Promise<CheckReportBody> {
    return this.http.json('POST', `/instances/${pathSegment(instance)}/check`, move);
  }

  /** Measures its guest, which takes a while. */
  forecast(instance: string, move: MoveBody): Promise<ForecastReportBody> {
    return this.http.json('POST', `/instances/${pathSegment(instance)}/forecast`, move);
  }

  /** Of all that have ended, or of those of an instance. */
  forecastErrors(filter: ForecastFilter = {}): Promise<ForecastErrorsBody> {
    const query = new URLSearchParams(filter);
    return this.http.json(
      'GET',
      query.size === 0 ? '/forecasts/errors' : `/forecasts/errors?${query.toString()}`,
    );
  }

  memoryProfile(instance: string): Promise<MemoryProfileBody> {
    return this.http.json('GET', `/instances/${pathSegment(instance)}/memory-profile`);
  }

  migrate(instance: string, move: MoveBody): Promise<MigrationBody> {
    return this.http.json('POST', `/instances/${pathSegment(instance)}/migrations`, move);
  }

  /** All of a live migration but the move; what it found stands in the migration that this gives (`rehearsal`). */
  rehearse(instance: string, move: MoveBody): Promise<MigrationBody> {
    return this.http.json('POST', `/instances/${encodeURIComponent(instance)}/rehearsals`, move);
  }

  /** Its host is gone and known to be off. */
  evacuate(instance: string, body: EvacuateBody): Promise<MigrationBody> {
    return this.http.json('POST', `/instances/${pathSegment(instance)}/evacuate`, body);
  }

  /** Those that fit; `limit`: so many of them at most, all when it is not given. */
  migrations({ limit, ...filter }: MigrationFilter & Most = {}): Promise<MigrationBody[]> {
    return this.all('/migrations', 'migrations', filter, limit);
  }

  migration(id: string): Promise<MigrationBody> {
    return this.http.json('GET', `/migrations/${pathSegment(id)}`);
  }

  abortMigration(id: string): Promise<MigrationBody> {
    return this.http.json('POST', `/migrations/${pathSegment(id)}/abort`);
  }

  /** What holds for its transfer from now on. */
  changeMigration(id: string, body: ChangeMigrationBody): Promise<MigrationBody> {
    return this.http.json('PATCH', `/migrations/${pathSegment(id)}`, body);
  }

  endTransfer(id: string, end: 'force-complete' | 'post-copy' | 'pause'): Promise<MigrationBody> {
    return this.http.json('POST', `/migrations/${pathSegment(id)}/${end}`);
  }

  /** What it showed and what was decided on it, NDJSON. */
  recording(id: string): Promise<string> {
    return this.http.text(`/migrations/${pathSegment(id)}/recording`);
  }

  /** Of a migration that is held. */
  decideMigration(id: string, decision: 'confirm' | 'revert'): Promise<MigrationBody> {
    return this.http.json('POST', `/migrations/${pathSegment(id)}/${decision}`);
  }

  /** Newest first. */
  plans({ limit, ...filter }: PlanFilter & Most = {}): Promise<PlanBody[]> {
    return this.all('/plans', 'plans', filter, limit);
  }

  plan(id: string): Promise<PlanDetailBody> {
    return this.http.json('GET', `/plans/${encodeURIComponent(id)}`);
  }

  planSteps(id: string, filter: { readonly state?: PlanStepBody['state'] } = {}): Promise<PlanStepBody[]> {
    return this.all(`/plans/${encodeURIComponent(id)}/steps`, 'steps', filter);
  }

  /** A Gantt chart, SVG. */
  planChart(id: string): Promise<string> {
    return this.http.text(`/plans/${encodeURIComponent(id)}/gantt.svg`);
  }

  /** Keeps a plan; nothing is moved. */
  makePlan(body: NewPlanBody): Promise<PlanDetailBody> {
    return this.http.json('POST', '/plans', body);
  }

  deletePlan(id: string): Promise<PlanDetailBody> {
    return this.http.json('DELETE', `/plans/${encodeURIComponent(id)}`);
  }

  askPlan(
    id: string,
    what: 'apply' | 'rehearse' | 'pause' | 'resume' | 'continue' | 'replan',
  ): Promise<PlanDetailBody> {
    return this.http.json('POST', `/plans/${encodeURIComponent(id)}/${what}`);
  }

  cancelPlan(id: string, running: 'finish' | 'abort' = 'finish'): Promise<PlanDetailBody> {
    return this.http.json('POST', `/plans/${encodeURIComponent(id)}/cancel`, { running });
  }

  /** Events after a sequence number (null: from now on), as they come, until the signal ends it or the connection breaks. */
  events(after: number | null, signal: AbortSignal, filter: EventFilter = {}): AsyncIterable<EventBody> {
    const query = new URLSearchParams(filter);
    return this.http.events(query.size === 0 ? '/events' : `/events?${query.toString()}`, after, signal);
  }
}
