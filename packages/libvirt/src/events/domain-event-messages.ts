import { limits } from '../protocol/limits.ts';
import { typedParameters } from '../protocol/typed-parameter.ts';
import { domain, maybeText, text } from '../protocol/types.ts';
import { type Codec, array, hyper, int32, struct, uhyper, uint32 } from '../xdr/codec.ts';
import { callbackId, message } from './event-families.ts';

const dom = { dom: domain };
/** Most messages nest what older forms of them were, some do not: outside all are flat. */
const nested = <T extends Record<string, Codec<unknown>>>(fields: T) =>
  struct({ callbackId, msg: struct({ ...dom, ...fields }) });
const flat = <T extends Record<string, Codec<unknown>>>(fields: T) =>
  struct({ callbackId, ...dom, ...fields });
const withReason = struct({ callbackId, reason: int32, msg: struct(dom) });
const address = struct({ family: int32, node: text, service: text });

/** Messages of domains; numbers of kinds are those of `VIR_DOMAIN_EVENT_ID_…`. */
export const domainEventMessages = {
  /** `event` is a LifecycleEvent, `detail` means something else for each of them. */
  lifecycle: message(
    'domain',
    { name: 'domainEventCallbackLifecycle', id: 0, procedure: 318 },
    nested({ event: int32, detail: int32 }),
  ),
  reboot: message('domain', { name: 'domainEventCallbackReboot', id: 1, procedure: 319 }, nested({})),
  /** `offset` in seconds from UTC. */
  'rtc-change': message(
    'domain',
    { name: 'domainEventCallbackRtcChange', id: 2, procedure: 320 },
    nested({ offset: hyper }),
  ),
  /** `action` is a WatchdogAction. */
  watchdog: message(
    'domain',
    { name: 'domainEventCallbackWatchdog', id: 3, procedure: 321 },
    nested({ action: int32 }),
  ),
  /** `action` is an IoErrorAction, `reason` such as `enospc`, empty where the hypervisor does not say. */
  'io-error': message(
    'domain',
    { name: 'domainEventCallbackIoErrorReason', id: 6, procedure: 324 },
    nested({ srcPath: text, devAlias: text, action: int32, reason: text }),
  ),
  /** Somebody comes to the guest's screen, or leaves it; `phase` is a GraphicsPhase. */
  graphics: message(
    'domain',
    { name: 'domainEventCallbackGraphics', id: 5, procedure: 323 },
    nested({
      phase: int32,
      local: address,
      remote: address,
      authScheme: text,
      subject: array(struct({ type: text, name: text }), limits.graphicsIdentities),
    }),
  ),
  /** The hypervisor's control channel broke; the guest runs on, libvirt cannot reach it. */
  'control-error': message(
    'domain',
    { name: 'domainEventCallbackControlError', id: 7, procedure: 325 },
    nested({}),
  ),
  /** `dst` is the disk's target name; `type` is a BlockJobType, `status` a BlockJobStatus. */
  'block-job': message(
    'domain',
    { name: 'domainEventBlockJob_2', id: 16, procedure: 339 },
    flat({ dst: text, type: int32, status: int32 }),
  ),
  /** `reason` is a DiskChangeReason. */
  'disk-change': message(
    'domain',
    { name: 'domainEventCallbackDiskChange', id: 9, procedure: 327 },
    nested({ oldSrcPath: maybeText, newSrcPath: maybeText, devAlias: text, reason: int32 }),
  ),
  /** `reason` is 0 for opened, 1 for closed. */
  'tray-change': message(
    'domain',
    { name: 'domainEventCallbackTrayChange', id: 10, procedure: 328 },
    nested({ devAlias: text, reason: int32 }),
  ),
  'pm-wakeup': message('domain', { name: 'domainEventCallbackPmwakeup', id: 11, procedure: 329 }, withReason),
  'pm-suspend': message(
    'domain',
    { name: 'domainEventCallbackPmsuspend', id: 12, procedure: 330 },
    withReason,
  ),
  'pm-suspend-disk': message(
    'domain',
    { name: 'domainEventCallbackPmsuspendDisk', id: 14, procedure: 332 },
    withReason,
  ),
  /** `actual` in KiB. */
  'balloon-change': message(
    'domain',
    { name: 'domainEventCallbackBalloonChange', id: 13, procedure: 331 },
    nested({ actual: uhyper }),
  ),
  'device-added': message(
    'domain',
    { name: 'domainEventCallbackDeviceAdded', id: 19, procedure: 354 },
    flat({ devAlias: text }),
  ),
  'device-removed': message(
    'domain',
    { name: 'domainEventCallbackDeviceRemoved', id: 15, procedure: 333 },
    nested({ devAlias: text }),
  ),
  'device-removal-failed': message(
    'domain',
    { name: 'domainEventCallbackDeviceRemovalFailed', id: 22, procedure: 367 },
    flat({ devAlias: text }),
  ),
  /** Settings that were changed while the domain runs, such as `cputune.vcpupin0`. */
  tunable: message(
    'domain',
    { name: 'domainEventCallbackTunable', id: 17, procedure: 346 },
    flat({ params: typedParameters(limits.tunableParams) }),
  ),
  /** `state` is an AgentState, `reason` an AgentStateReason. */
  agent: message(
    'domain',
    { name: 'domainEventCallbackAgentLifecycle', id: 18, procedure: 348 },
    flat({ state: int32, reason: int32 }),
  ),
  /** Another pass over the guest's memory has begun; only on the source. */
  'migration-iteration': message(
    'domain',
    { name: 'domainEventCallbackMigrationIteration', id: 20, procedure: 359 },
    flat({ iteration: int32 }),
  ),
  /** Statistics of a job that has ended, under the names of JobStat. */
  'job-completed': message(
    'domain',
    { name: 'domainEventCallbackJobCompleted', id: 21, procedure: 363 },
    flat({ params: typedParameters(limits.jobStats) }),
  ),
  /** `type` is a DomainMetadataType; `nsuri` names the element where it is one of the user's own. */
  'metadata-change': message(
    'domain',
    { name: 'domainEventCallbackMetadataChange', id: 23, procedure: 379 },
    flat({ type: int32, nsuri: maybeText }),
  ),
  /** A disk has grown beyond the threshold that was set for it, by `excess` bytes. */
  'block-threshold': message(
    'domain',
    { name: 'domainEventBlockThreshold', id: 24, procedure: 385 },
    flat({ dev: text, path: maybeText, threshold: uhyper, excess: uhyper }),
  ),
  /** `recipient` is a MemoryFailureRecipient, `action` a MemoryFailureAction. */
  'memory-failure': message(
    'domain',
    { name: 'domainEventMemoryFailure', id: 25, procedure: 423 },
    flat({ recipient: int32, action: int32, flags: uint32 }),
  ),
  /** `size` in KiB. */
  'memory-device-size-change': message(
    'domain',
    { name: 'domainEventMemoryDeviceSizeChange', id: 26, procedure: 438 },
    flat({ alias: text, size: uhyper }),
  ),
  'nic-mac-change': message(
    'domain',
    { name: 'domainEventNicMacChange', id: 27, procedure: 453, since: '11.2' },
    flat({ alias: text, oldMac: text, newMac: text }),
  ),
} as const;
