export * from './client/index.ts';
export type { ActionVerdictBody } from './ferry/actions.ts';
export { components } from './ferry/schema-parts.ts';
export * from './ferry/audit.ts';
export * from './ferry/configure.ts';
export {
  type AdoptInstanceBody,
  AdoptInstanceSchema,
  type ConsoleBody,
  ConsoleSchema,
  type DomainSummaryBody,
  DomainSummarySchema,
  type InstanceBody,
  type InstanceDevicesBody,
  InstanceDevicesSchema,
  InstanceSchema,
  type KeepInstanceBody,
  KeepInstanceSchema,
  type NewConsoleBody,
  NewConsoleSchema,
} from './ferry/instance.ts';
export * from './ferry/doctor.ts';
export * from './ferry/doctor-fix.ts';
export * from './ferry/event.ts';
export { type FindingBody, FindingSchema, type ProblemBody, ProblemSchema } from './ferry/problem.ts';
export * from './ferry/forecast.ts';
export * from './ferry/flavor.ts';
export * from './ferry/host.ts';
export * from './ferry/image.ts';
export * from './ferry/list-filters.ts';
export * from './ferry/migration.ts';
export { type MoveBody, moveOptions, MoveSchema } from './ferry/move-options.ts';
export * from './ferry/plan.ts';
export * from './ferry/balancer.ts';
export * from './ferry/policy.ts';
export * from './ferry/problems.ts';
export { readRecording, recordingVersion, replayRecording } from './ferry/recording.ts';
export * from './ferry/security-group.ts';
export * from './ferry/session.ts';
export {
  type NewVolumeBody,
  NewVolumeSchema,
  type NewVolumeTypeBody,
  NewVolumeTypeSchema,
  type SetVolumeBody,
  SetVolumeSchema,
  type VolumeBody,
  VolumeSchema,
  type VolumeTypeBody,
  VolumeTypeSchema,
} from './ferry/volume.ts';
export * from './ferry/webhook.ts';
export * from './identity/auth-request.ts';
export {
  type ChangedProjectBody,
  ChangedProjectSchema,
  type ChangedUserBody,
  ChangedUserSchema,
  type IdentityFaultBody,
  identityFaultBody,
  type IdentityFaultStatus,
  identityFaultStatus,
  type NewApplicationCredentialBody,
  NewApplicationCredentialSchema,
  NewPasswordSchema,
  type NewProjectBody,
  NewProjectSchema,
  type NewUserBody,
  NewUserSchema,
} from './identity/requests.ts';
export {
  type AskedMicroversion,
  askedMicroversion,
  microversionHeaders,
  newestMicroversion,
  novaFaultBody,
  type NovaFaultStatus,
  novaFaultStatus,
} from './nova/microversion.ts';
