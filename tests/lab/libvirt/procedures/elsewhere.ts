import type { ProcedureName } from '@ferry/libvirt';

const opening = 'every test opens and closes connections';
const authentication = 'sasl.test.ts, unix-socket.test.ts';
const events = 'events.test.ts';
const streams = 'streams.test.ts';
const migration = 'migrations.test.ts';

/** Procedures that no case calls, and what proves them instead. */
export const elsewhere: Partial<Record<ProcedureName, string>> = {
  connectOpen: opening,
  connectClose: opening,
  authList: opening,
  authSaslInit: authentication,
  authSaslStart: authentication,
  authSaslStep: authentication,
  authPolkit: authentication,
  connectDomainEventCallbackRegisterAny: events,
  connectDomainEventCallbackDeregisterAny: events,
  connectNetworkEventRegisterAny: events,
  connectNetworkEventDeregisterAny: events,
  connectStoragePoolEventRegisterAny: events,
  connectStoragePoolEventDeregisterAny: events,
  connectNodeDeviceEventRegisterAny: events,
  connectNodeDeviceEventDeregisterAny: events,
  connectSecretEventRegisterAny: events,
  connectSecretEventDeregisterAny: events,
  qemuConnectDomainMonitorEventRegister: events,
  qemuConnectDomainMonitorEventDeregister: events,
  storageVolUpload: streams,
  storageVolDownload: streams,
  domainOpenConsole: streams,
  domainOpenChannel: streams,
  domainScreenshot: streams,
  domainMigrateBegin3Params: migration,
  domainMigratePrepare3Params: migration,
  domainMigratePrepareTunnel3Params: migration,
  domainMigratePerform3Params: migration,
  domainMigrateFinish3Params: migration,
  domainMigrateConfirm3Params: migration,
  domainMigrateBegin3: migration,
  domainMigratePrepare3: migration,
  domainMigratePrepareTunnel3: migration,
  domainMigratePerform3: migration,
  domainMigrateFinish3: migration,
  domainMigrateConfirm3: migration,
};
