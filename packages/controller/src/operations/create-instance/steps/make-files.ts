import { StepError } from '../../engine/step-error.ts';
import { configDrive } from '../config-drive/config-drive.ts';
import { type CreateContext, hostOf, throwIfUnwanted } from '../create-context.ts';

/** The instance's disk: empty, on the base. */
export async function makeDisk(context: CreateContext): Promise<void> {
  await throwIfUnwanted(context);
  const { input, signal } = context;
  const { path, format } = input.base;
  await hostOf(context).storage.ensureImage(
    {
      path: input.domain.disk,
      format: 'qcow2',
      capacityBytes: input.diskBytes,
      backing: { path, format },
      owner: input.owner,
    },
    { signal },
  );
}

/** Its name is the instance's, of an id that nobody else has: what stands there is of this creation. */
export async function removeDisk(context: CreateContext): Promise<void> {
  await hostOf(context).storage.ensureNoImage(context.input.domain.disk, { signal: context.signal });
}

/** Who the guest is, its user's key and what that user gave along; made anew when it is not whole. */
export async function makeConfigDrive(context: CreateContext): Promise<void> {
  const { input, signal } = context;
  const path = input.domain.configDrive;
  if (path === null) return;
  const { storage } = hostOf(context);
  const bytes = await driveOf(context);
  await storage.ensureNoImage(path, { signal });
  await storage.makeFile({ path, lengthBytes: bytes.length, owner: input.owner }, { signal });
  await storage.writeImage(path, { offsetBytes: 0, lengthBytes: bytes.length }, chunks(bytes), { signal });
}

export async function removeConfigDrive(context: CreateContext): Promise<void> {
  const path = context.input.domain.configDrive;
  if (path !== null) await hostOf(context).storage.ensureNoImage(path, { signal: context.signal });
}

async function driveOf({ services, input }: CreateContext): Promise<Buffer> {
  const profile = await services.store.profiles.of(input.instanceId);
  if (profile === null)
    throw new StepError('not-wanted', `There is no instance ${input.instanceId} any more.`);
  return configDrive({
    id: input.instanceId,
    name: input.instanceName,
    hostname: profile.hostname ?? input.instanceName,
    projectId: profile.projectId,
    availabilityZone: input.availabilityZone,
    metadata: profile.metadata,
    key: input.key,
    userData: profile.userData,
    adminPassword: input.adminPassword ?? null,
    launchIndex: input.launchIndex,
    createdAt: profile.createdAt,
  });
}

async function* chunks(bytes: Buffer): AsyncGenerator<{ kind: 'data'; bytes: Uint8Array }> {
  yield await Promise.resolve({ kind: 'data', bytes });
}
