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
  decisionObstacle,
  type MigrationAction,
  migrationActions,
  type MigrationSteps,
} from './actions/migration-actions.ts';
export { changeObstacle, postCopyObstacle } from './actions/transfer-obstacles.ts';
export { allChecks } from './check/all-checks.ts';
export type * from './check/check-input.ts';
export * from './configure/certificate-roles.ts';
export * from './configure/daemon-facts.ts';
export * from './configure/plan-configuration.ts';
export type { RestartPlan } from './configure/plan-restart.ts';
export { encryptionFacts, type EncryptionFacts, type EncryptionWish } from './strategy/memory-encryption.ts';
export type * from './check/finding.ts';
export { judge, type Judgement } from './check/judge.ts';
export { memoryNow } from './check/target-memory.ts';
export { chooseCompression } from './copy/choose-compression.ts';
export {
  claimedRoom,
  maxOverlays,
  overlayPath,
  overlayPaths,
  overlayRoom,
  spareRoomBytes,
} from './copy/overlay-room.ts';
export { chooseCopyWay, type ProgramFound } from './copy/choose-copy-way.ts';
export type * from './copy/file-copy.ts';
export { nextWarmRound } from './copy/next-warm-round.ts';
export type * from './connectivity/connectivity-report.ts';
export { parseProbeAddress, type ProbeAddress } from './connectivity/connectivity-report.ts';
export * from './drift/claimants.ts';
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
export { drift, type Drift } from './drift/drift.ts';
export { faultOf } from './drift/fault-of.ts';
export { judgeKeep, type KeepObstacle } from './drift/judge-keep.ts';
export type * from './evacuation/evacuation-input.ts';
export { judgeEvacuation } from './evacuation/judge-evacuation.ts';
export { defaultPlanOptions } from './fleet/default-plan-options.ts';
export { describePlan, type PlanNames } from './fleet/describe-plan.ts';
export { drawPlan } from './fleet/draw-plan.ts';
export * from './fleet/link-turn.ts';
export { whatChanged } from './fleet/still-fits.ts';
export type * from './fleet/fleet-plan.ts';
export type * from './fleet/fleet-state.ts';
export { makePlan } from './fleet/make-plan.ts';
export * from './fleet/balancer.ts';
export * from './load/load.ts';
export { stepReadiness } from './fleet/step-readiness.ts';
export { filterNames, ruleProblems } from './firewall/security-group.ts';
export {
  type CopyFailureCode,
  copyFailureCodes,
  nextAfterCopyFailure,
} from './copy/next-after-copy-failure.ts';
export { type Cidr, parseCidr } from './firewall/parse-cidr.ts';
export type * from './firewall/security-group.ts';
export type * from './host/host-facts.ts';
export type * from './host/hardware-facts.ts';
export {
  ferryRole,
  firstProject,
  firstUser,
  hasRole,
  mayOpenConsole,
  operatorRole,
  projectRoles,
  type Caller,
  type ProjectRole,
} from './identity/caller.ts';
export { countedAddress } from './identity/counted-address.ts';
export { type AskedScope, chooseScope } from './identity/choose-scope.ts';
export {
  allRoles,
  findRole,
  type NamedRole,
  namedRole,
  withIncludedRoles,
} from './identity/project-roles.ts';
export {
  knownAddressMs,
  type SignInCounter,
  freeFailures,
  signInDelayMs,
  type SignInFailures,
  signInMemoryMs,
} from './identity/sign-in-delay.ts';
export {
  type ApplicationCredential,
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
export * from './forecast/dirty-profile.ts';
export { type Range, seenAmount, type Uncertain } from './forecast/draws.ts';
export * from './forecast/forecast.ts';
export * from './forecast/forecast-errors.ts';
export { forecastMove } from './forecast/forecast-move.ts';
export { forecastRest, inflationOf, type RunningForecast } from './forecast/forecast-rest.ts';
export { followPasses, type PassRecord, windowsOfPasses } from './forecast/pass-record.ts';
export * from './flavor/flavor.ts';
export * from './image/image-access.ts';
export * from './image/image-fields.ts';
export * from './image/library-image.ts';
export * from './image/patch-image.ts';
export * from './image/read-disk-header.ts';
export * from './image/select-images.ts';
export { type ImageInside, imageInsideBytes, readImageInside } from './image/image-inside.ts';
export { digestKind } from './image/base-image.ts';
export { ownValue } from './own-value.ts';
export type * from './host/host.ts';
export { placeOfUri } from './host/place-of-uri.ts';
export { admissionOf, whyTakesNone } from './host/takes-no-instance.ts';
export { knownBad } from './host/known-bad-versions.ts';
export type * from './strategy/post-copy-policy.ts';
export { storageSettings, type StorageSettings } from './host/storage-settings.ts';
export { networkSettings, type NetworkSettings } from './host/network-settings.ts';
export type * from './instance/domain-facts.ts';
export { devicesOf } from './instance/instance-devices.ts';
export type * from './instance/console-kind.ts';
export type * from './instance/instance-devices.ts';
export type * from './instance/instance-profile.ts';
export * from './instance/instance-usage.ts';
export {
  type PowerAction,
  type PowerActionRule,
  powerActions,
  type StateMismatch,
  stateMismatch,
} from './instance/power-action.ts';
export { serverStatus, serverStatuses, type StatusStates, statesOfStatus } from './instance/server-status.ts';
export { stands } from './instance/stands.ts';
export { vmStateOf, vmStateSeen } from './instance/vm-state-seen.ts';
export { heldByMove, holderOf, isVolumeTask, movingTasks } from './instance/held-by-move.ts';
export type * from './instance/instance.ts';
export { type InstanceLife, usedHours } from './instance/instance-usage.ts';
export { forbidsMoves, type InstanceFault, isSameFault } from './instance/instance-fault.ts';
export type * from './instance/network-facts.ts';
export { unspecifiedNetwork } from './instance/unspecified-network.ts';
export type * from './instance/network-source.ts';
export * from './migration/migration.ts';
export * from './move/move-options.ts';
export { outcome } from './migration/outcome.ts';
export type { Outcome } from './migration/transfer-outcome.ts';
export type * from './keypair/keypair.ts';
export type * from './migration/sighting.ts';
export { type ControlDecision, describeDecision } from './transfer/control/control-decision.ts';
export { type ControlRules, type RuleSet, ruleSets, defaultRules } from './transfer/control/control-rules.ts';
export { type ControlState, isSmallHotSet } from './transfer/control/control-state.ts';
export type { ToldHypervisor } from './transfer/control/told-hypervisor.ts';
export {
  type RecordedTransfer,
  replayControl,
  type ReplayedDecision,
} from './transfer/control/replay-control.ts';
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
export { targetVerdict } from './transfer/target-verdict.ts';
export type * from './transfer/transfer-action.ts';
export type * from './transfer/transfer-sample.ts';
export { type TransferState } from './transfer/transfer-state.ts';
export { describeSighting, hasArrived, isForSwitchOver } from './migration/sighting-reading.ts';
export type * from './migration/transfer-progress.ts';
export { canBecome, IllegalTransition, isFinal, nextStatuses, transition } from './migration/transition.ts';
export { commonMachineType } from './placement/common-machine-type.ts';
export * from './placement/place-server.ts';
export * from './instance/instance-files.ts';
export { chooseHost, type HostChoice } from './placement/choose-host.ts';
export * from './server-group/group-placement.ts';
export * from './server-group/server-group.ts';
export * from './storage/allowed-directories.ts';
export * from './storage/file-users.ts';
export type { KeptFile } from './storage/kept-file.ts';
export { mappedPath, type PlacesOnHost } from './storage/places-on-host.ts';
export type * from './storage/pool-facts.ts';
export type * from './storage/secret-facts.ts';
export { targetPathOf } from './strategy/target-path-of.ts';
export { planResize, type ResizeObstacle } from './strategy/plan-resize.ts';
export { imagesToBring, planTransfer } from './strategy/plan-transfer.ts';
export { basesOf } from './strategy/bases-of.ts';
export { isMedium } from './strategy/is-medium.ts';
export { planWarm } from './strategy/plan-warm.ts';
export type * from './strategy/transfer-plan.ts';
export { directoryOf } from './check/show-values.ts';
export { chooseTarget, type TargetChoice } from './volume/choose-target.ts';
export { isAtPlace, isSamePlace } from './volume/is-at-place.ts';
export {
  type ScreenMove,
  screenMove,
  defaultScreenAddress,
  withScreensMoved,
} from './instance/screens-moved.ts';
export { parseVolumeSource } from './volume/parse-volume-source.ts';
export { placeVolume, type VolumeCandidate, type VolumePlacement } from './volume/place-volume.ts';
export * from './volume/volume.ts';
export { defaultVolumeType, type VolumeType } from './volume/volume-type.ts';
export type * from './domain-elements/domain-element.ts';
export { namedFiles } from './domain-elements/named-files.ts';
export { elementsDocument } from './domain-elements/elements-document.ts';
export { rowsFor } from './domain-elements/row-of.ts';
export { compareHardware, type HardwareOfBoth } from './domain-elements/compare-hardware.ts';
export {
  type ElementAnswer,
  elementQuestions,
  type ElementQuestion,
  namedElements,
} from './domain-elements/element-questions.ts';
export {
  describeOrigin,
  type EffectivePolicy,
  effectivePolicy,
  hasLabel,
  type PolicyOrigin,
  type PolicySubject,
  policyValuesOf,
} from './policy/effective-policy.ts';
export { sharedRate } from './forecast/shared-link.ts';
export { type QuietMoment, quietMoment } from './forecast/quiet-moment.ts';
export { type BroughtLater, rehearsedPlan } from './rehearsal/rehearsed-plan.ts';
export {
  type LinkRehearsal,
  type LinkSample,
  type PhaseReport,
  type Rehearsal,
  type RehearsedPhase,
  rateOfSamples,
  rehearsalFailure,
  rehearsedPhases,
} from './rehearsal/rehearsal.ts';
export { policyProblems } from './policy/policy-problems.ts';
export * from './policy/policy-values.ts';

export {
  type FeatureFleet,
  type FeatureGuest,
  featuresOfGuest,
  featuresOfHost,
  sharedOf,
} from './fleet/fleet-features.ts';
export { type GuestNeeds, guestNeeds } from './fleet/guest-needs.ts';
export * from './fleet/plan-record.ts';
export * from './fleet/plan-state.ts';
export { goalLeft, replanSteps, shutDownBy } from './fleet/replan-steps.ts';
export * from './webhook/webhook.ts';
