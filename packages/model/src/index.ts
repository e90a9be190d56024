export type { ActionVerdict } from './actions/action-verdict.ts';
export {
  answersObstacle,
  type HostAction,
  hostActions,
  type HostUse,
  removeObstacle,
} from './actions/host-actions.ts';
export { type InstanceAction, instanceActions } from './actions/instance-actions.ts';
export {
  abortObstacle,
  changeObstacle,
  decisionObstacle,
  type MigrationAction,
  migrationActions,
  type MigrationSteps,
  postCopyObstacle,
} from './actions/migration-actions.ts';
export { allChecks, judge, type Judgement } from './check/all-checks.ts';
export type {
  Check,
  CheckInput,
  DirectoryRoom,
  ElementFacts,
  OverlayObstacle,
  Role,
  WarmFacts,
} from './check/check-input.ts';
export * from './configure/certificate-roles.ts';
export * from './configure/daemon-facts.ts';
export * from './configure/plan-configuration.ts';
export type { RestartPlan } from './configure/plan-restart.ts';
export { encryptionFacts, type EncryptionFacts, type EncryptionWish } from './strategy/memory-encryption.ts';
export type { Compared, Finding, Severity } from './check/finding.ts';
export { memoryNow } from './check/target-memory.ts';
export {
  chooseCompression,
  chooseCopyWay,
  type CompressionMethod,
  type CopyFailureCode,
  copyFailureCodes,
  type CopyProgramFacts,
  type CopyWay,
  type FileCopy,
  type LinkReading,
  nextAfterCopyFailure,
  type ProgramFound,
} from './copy/file-copy.ts';
export {
  claimedRoom,
  maxOverlays,
  nextWarmRound,
  overlayPath,
  overlayPaths,
  overlayRoom,
  spareRoomBytes,
} from './copy/overlay-room.ts';
export type * from './connectivity/connectivity-report.ts';
export { parseProbeAddress, type ProbeAddress } from './connectivity/connectivity-report.ts';
export { claimants, drift, type Drift, type HadIt } from './drift/drift.ts';
export {
  askedPrograms,
  askedSettings,
  askedUnits,
  certificatePlaces,
  migrationPorts,
  textSetting,
  tlsDirectories,
} from './doctor/asked-of-hosts.ts';
export * from './doctor/diagnose.ts';
export { type DoctorFinding, type RemedyCommands, worstOf } from './doctor/doctor-finding.ts';
export type * from './doctor/doctor-input.ts';
export type * from './doctor/host-examination.ts';
export { leadsBack } from './doctor/rules-of-ways.ts';
export type * from './doctor/fix/doctor-fix.ts';
export { type DoctorCode, type Fixability, fixTable } from './doctor/fix/fix-table.ts';
export { type FixFacts, planFixes } from './doctor/fix/plan-fixes.ts';
export { faultOf } from './drift/fault-of.ts';
export { judgeKeep, type KeepObstacle } from './drift/judge-keep.ts';
export {
  type DiskView,
  type EvacuatedDisk,
  type EvacuationInput,
  judgeEvacuation,
} from './evacuation/judge-evacuation.ts';
export { defaultPlanOptions, makePlan } from './fleet/make-plan.ts';
export { describePlan, type PlanNames } from './fleet/describe-plan.ts';
export { drawPlan } from './fleet/draw-plan.ts';
export * from './fleet/link-turn.ts';
export { whatChanged } from './fleet/still-fits.ts';
export type * from './fleet/fleet-plan.ts';
export type * from './fleet/fleet-state.ts';
export * from './fleet/balancer.ts';
export * from './load/load.ts';
export { stepReadiness } from './fleet/step-readiness.ts';
export {
  type Cidr,
  filterNames,
  type InstanceFirewall,
  parseCidr,
  type RuleDirection,
  ruleProblems,
  type SecurityGroup,
  type SecurityGroupRule,
} from './firewall/security-group.ts';
export type {
  HardwareFacts,
  HostCpu,
  HostFacts,
  NetworkFacts,
  Owner,
  OwnershipFacts,
} from './host/host-facts.ts';
export {
  allRoles,
  type Caller,
  ferryRole,
  findRole,
  firstProject,
  firstUser,
  hasRole,
  mayOpenConsole,
  type NamedRole,
  namedRole,
  operatorRole,
  type ProjectRole,
  projectRoles,
  withIncludedRoles,
} from './identity/caller.ts';
export {
  countedAddress,
  freeFailures,
  knownAddressMs,
  type SignInCounter,
  signInDelayMs,
  type SignInFailures,
  signInMemoryMs,
} from './identity/sign-in-delay.ts';
export {
  type ApplicationCredential,
  type AskedScope,
  chooseScope,
  type Project,
  type RoleAssignment,
  type RoleTarget,
  theDomain,
  type TokenFacts,
  type User,
} from './identity/user.ts';
export type * from './image/base-image.ts';
export { describeForecast, describeRest } from './forecast/describe-forecast.ts';
export {
  changedBytes,
  type DirtyCurve,
  type DirtyWindow,
  fitDirtyCurve,
  sampledWindow,
} from './forecast/dirty-curve.ts';
export {
  type HourlyRate,
  type MemoryMeasurement,
  type MemoryProfile,
  profileAt,
  type QuietMoment,
  quietMoment,
  ratesByHour,
} from './forecast/dirty-profile.ts';
export { type Range, seenAmount, type Uncertain } from './forecast/draws.ts';
export * from './forecast/forecast.ts';
export * from './forecast/forecast-errors.ts';
export { forecastMove } from './forecast/forecast-move.ts';
export { forecastRest, inflationOf, type RunningForecast } from './forecast/forecast-rest.ts';
export { followPasses, type PassRecord, windowsOfPasses } from './forecast/pass-record.ts';
export * from './flavor/flavor.ts';
export {
  type ImageContent,
  imageVisibilities,
  type ImageVisibility,
  isListed,
  type LibraryImage,
  mayChangeImage,
  mayReadImage,
} from './image/library-image.ts';
export {
  type FieldSet,
  type ImagePatch,
  isBaseField,
  isTag,
  patchImage,
  removeField,
  setField,
} from './image/image-fields.ts';
export * from './image/read-disk-header.ts';
export * from './image/select-images.ts';
export { type ImageInside, imageInsideBytes, readImageInside } from './image/image-inside.ts';
export { qcow2HeaderBytes, qcow2Mapping } from './image/qcow2-mapping.ts';
export { digestKind } from './image/base-image.ts';
export { ownValue } from './own-value.ts';
export { placeOfUri } from './host/place-of-uri.ts';
export {
  admissionOf,
  type Host,
  type HostMaintenance,
  type HostService,
  networkSettings,
  type NetworkSettings,
  storageSettings,
  type StorageSettings,
  whyTakesNone,
} from './host/host.ts';
export { knownBad } from './host/known-bad-versions.ts';
export type * from './strategy/post-copy-policy.ts';
export {
  devicesOf,
  type DiskFacts,
  type DomainExtras,
  type DomainFacts,
  type ImageFacts,
  type InstanceDevices,
  type InstanceInterface,
  type InterfaceFacts,
} from './instance/domain-facts.ts';
export {
  type ConsoleKind,
  forbidsMoves,
  busyWithMove,
  busyWith,
  type Instance,
  type InstanceFault,
  type InstanceFiles,
  instanceFiles,
  isFileOfInstance,
  isSameFault,
  isVolumeTask,
  libraryBasePath,
  movingTasks,
  type PowerState,
  type PowerTaskState,
  stands,
  type TaskState,
  type VmState,
} from './instance/instance.ts';
export {
  type CreationFailure,
  type FlavorSnapshot,
  type InstanceLife,
  type InstanceProfile,
  reservationOf,
  reservationOfFirst,
  usedHours,
} from './instance/instance-profile.ts';
export {
  type PowerAction,
  type PowerActionRule,
  powerActions,
  type StateMismatch,
  stateMismatch,
} from './instance/power-action.ts';
export {
  serverStatus,
  serverStatuses,
  statesOfStatus,
  type StatusStates,
  vmStateOf,
  vmStateSeen,
} from './instance/server-status.ts';
export {
  type HostNetworkFacts,
  type NetworkComparison,
  type NetworkIdentity,
  type NetworkSource,
  type serversOfOneHost,
  unspecifiedNetwork,
} from './instance/network-facts.ts';
export {
  canBecome,
  IllegalTransition,
  type InstanceSize,
  isFinal,
  type Migration,
  type MigrationFailure,
  type MigrationKind,
  type MigrationResult,
  type MigrationStatus,
  newMigration,
  nextStatuses,
  type Resize,
  transition,
  type WarmReport,
} from './migration/migration.ts';
export { type MergeSide, roundsOfMarks, type WarmRounds } from './migration/warm-rounds.ts';
export * from './move/move-options.ts';
export { outcome } from './migration/outcome.ts';
export type { Outcome } from './migration/transfer-outcome.ts';
export type * from './keypair/keypair.ts';
export {
  describeSighting,
  hasArrived,
  isForSwitchOver,
  type PresentSighting,
  type Sighting,
} from './migration/sighting.ts';
export { type ControlDecision, describeDecision } from './transfer/control/control-decision.ts';
export { type ControlRules, type RuleSet, ruleSets, defaultRules } from './transfer/control/control-rules.ts';
export { type ControlState, isSmallHotSet } from './transfer/control/control-state.ts';
export type { ToldHypervisor } from './transfer/control/told-hypervisor.ts';
export {
  type RecordedTransfer,
  replayControl,
  type ReplayedDecision,
} from './transfer/control/replay-control.ts';
export type {
  GiveUpReason,
  TransferAction,
  TransferPolicy,
  TransferSample,
  TransferState,
} from './transfer/transfer-state.ts';
export { undisturbed } from './transfer/transfer-state.ts';
export { noOrders, type TransferOrders } from './transfer/transfer-orders.ts';
export { type SharingMove, splitLink } from './transfer/split-link.ts';
export { transferStrategy, type TransferStrategy } from './strategy/transfer-strategy.ts';
export {
  beginTransfer,
  decideTransfer,
  type TransferDecision,
  type TransferMemory,
  withEnsured,
  withTold,
} from './transfer/decide-transfer.ts';
export { describeTransfer, type TransferParties } from './transfer/describe-transfer.ts';
export {
  isStoppedByOthers,
  runsOn,
  type Standstill,
  type StandstillNews,
  withNews,
} from './transfer/standstill.ts';
export { targetVerdict } from './transfer/target-verdict.ts';
export type * from './migration/transfer-progress.ts';
export {
  commonMachineType,
  type PlacementCandidate,
  placeServer,
  type ServerNeeds,
  type ServerPlacement,
} from './placement/place-server.ts';
export { chooseHost, type HostChoice } from './placement/choose-host.ts';
export {
  type GroupMember,
  type GroupOfInstance,
  type GroupPlacement,
  groupPlacement,
  type ServerGroup,
  serverGroupPolicies,
  type ServerGroupPolicy,
} from './server-group/server-group.ts';
export {
  type AllowedDirectories,
  isFreelyUsed,
  mappedPath,
  type PathUse,
  type PlacesOnHost,
  plainPath,
  shownDirectories,
  whyLeftAlone,
  whyNeverAllowed,
  whyNeverTouched,
} from './storage/allowed-directories.ts';
export {
  describeUser,
  type FileNaming,
  type FileUse,
  type FileUser,
  type FileVerdict,
  judgeDeletion,
  type KeptFile,
  writersOf,
} from './storage/file-users.ts';
export { devicesOnlyIn, unknownFiles } from './storage/named-by-domain.ts';
export type {
  PoolComparison,
  PoolFacts,
  SecretComparison,
  SecretFacts,
  SecretRef,
} from './storage/pool-facts.ts';
export {
  type BackingPlan,
  basesOf,
  type CopiedDisk,
  type DiskPlan,
  type ImageDigests,
  type ImageSharing,
  isMedium,
  type NetworkReach,
  type PlanObstacle,
  planWarm,
  targetPathOf,
  type TransferPlan,
} from './strategy/transfer-plan.ts';
export { planResize, type ResizeObstacle } from './strategy/plan-resize.ts';
export { imagesToBring, planTransfer } from './strategy/plan-transfer.ts';
export { directoryOf } from './check/show-values.ts';
export {
  chooseTarget,
  defaultVolumeType,
  placeVolume,
  type TargetChoice,
  type VolumeCandidate,
  type VolumePlacement,
  type VolumeType,
} from './volume/place-volume.ts';
export {
  isAtPlace,
  isSamePlace,
  type NetworkPlace,
  parseVolumeSource,
  type PoolPlace,
  type Volume,
  type VolumeAttachment,
  type VolumePlace,
  type VolumeState,
  type VolumeStatus,
  volumeStatus,
} from './volume/volume.ts';
export {
  type ScreenMove,
  screenMove,
  defaultScreenAddress,
  withScreensMoved,
} from './instance/screens-moved.ts';
export type {
  DomainDescriptions,
  DomainElement,
  isAccepted,
  wordFor,
} from './domain-elements/domain-element.ts';
export {
  type ElementAnswer,
  type ElementQuestion,
  elementQuestions,
  namedElements,
  namedFiles,
} from './domain-elements/element-questions.ts';
export { elementsDocument } from './domain-elements/elements-document.ts';
export { rowsFor } from './domain-elements/judge-elements.ts';
export { compareHardware, type HardwareOfBoth } from './domain-elements/compare-hardware.ts';
export {
  describeOrigin,
  type EffectivePolicy,
  effectivePolicy,
  hasLabel,
  type PolicyOrigin,
  type PolicySubject,
  policyValuesOf,
} from './policy/effective-policy.ts';
export { linkCapacity, type SeenOfLink, sharedRate, togetherRate } from './forecast/shared-link.ts';
export {
  type BroughtLater,
  type LinkRehearsal,
  type LinkSample,
  type PhaseReport,
  rateOfSamples,
  type Rehearsal,
  rehearsalFailure,
  type RehearsedPhase,
  rehearsedPhases,
  rehearsedPlan,
} from './rehearsal/rehearsal.ts';
export { policyProblems } from './policy/policy-problems.ts';
export * from './policy/policy-values.ts';

export {
  type FeatureFleet,
  type FeatureGuest,
  featuresOfGuest,
  featuresOfHost,
  sharedOf,
  stockNeedsOf,
} from './fleet/fleet-features.ts';
export { type GuestNeeds, guestNeeds } from './fleet/guest-needs.ts';
export { asksNothing, type GuestAsks, guestAsks } from './fleet/guest-asks.ts';
export { type MoveManner, type StockNeed, stockWanted } from './fleet/stock-features.ts';
export type { HostStock, StockWanted } from './host/host-stock.ts';
export {
  type DeviceAddress,
  deviceAddress,
  incomparableDevice,
} from './domain-elements/device-address.ts';
export * from './fleet/plan-record.ts';
export * from './fleet/plan-state.ts';
export type * from './fleet/plan-rehearsal.ts';
export * from './fleet/rehearse-plan.ts';
export { goalLeft, replanSteps, shutDownBy } from './fleet/replan-steps.ts';
export * from './webhook/webhook.ts';
