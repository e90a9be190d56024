import { isIP } from 'node:net';
import type { SetHostBody } from '@ferry/api';
import { type Host, plainPath, whyNeverAllowed } from '@ferry/model';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';

/** Writes down what an operator says of a host. Moves that were accepted before go on as they were accepted. */
export async function setHost(
  services: Services,
  nameOrId: string,
  body: SetHostBody,
  by = 'an operator',
): Promise<Host> {
  const { hosts } = services.store;
  const there = await hosts.byNameOrId(nameOrId);
  if (there === null) throw new Refusal('host-not-found', `There is no host "${nameOrId}".`);
  if (body.disabledReason !== undefined && body.status !== 'disabled')
    throw new Refusal('bad-request', 'A reason goes with "disabled", and with nothing else.');
  requireAllowable(body);
  requireOneAddress(body.screenAddress ?? null);
  const after: Host = {
    ...there,
    service: { ...there.service, status: body.status ?? there.service.status },
    maintenance: maintenanceOf(there, body, by),
    trustedCopyAddress:
      body.trustedCopyAddress === undefined ? there.trustedCopyAddress : body.trustedCopyAddress,
    networks: {
      map: body.networkMap ?? there.networks.map,
      define: body.defineNetworks ?? there.networks.define,
    },
    storage: {
      pools: body.poolMap ?? there.storage.pools,
      paths: body.pathMap ?? there.storage.paths,
      define: body.definePools ?? there.storage.define,
    },
    removeUnusedImages: body.removeUnusedImages ?? there.removeUnusedImages,
    imageDirectory: body.imageDirectory === undefined ? there.imageDirectory : body.imageDirectory,
    screenAddress: body.screenAddress === undefined ? there.screenAddress : body.screenAddress,
    screenTls: body.screenTls ?? there.screenTls,
    allowedDirectories:
      body.allowedDirectories === undefined
        ? there.allowedDirectories
        : [...new Set(body.allowedDirectories.map((one) => plainPath(one) ?? one))].toSorted(),
    labels: body.labels ?? there.labels,
  };
  if (body.status !== undefined)
    await services.store.hostServices.change(there.id, {
      status: body.status,
      disabledReason: body.status === 'disabled' ? (body.disabledReason ?? null) : null,
    });
  if (after.maintenance !== there.maintenance) await hosts.setMaintenance(there.id, after.maintenance);
  if (after.trustedCopyAddress !== there.trustedCopyAddress)
    await hosts.setTrustedCopyAddress(there.id, after.trustedCopyAddress);
  if (body.networkMap !== undefined || body.defineNetworks !== undefined)
    await hosts.setNetworks(there.id, after.networks);
  if (body.poolMap !== undefined || body.pathMap !== undefined || body.definePools !== undefined)
    await hosts.setStorage(there.id, after.storage);
  if (after.removeUnusedImages !== there.removeUnusedImages)
    await hosts.setRemoveUnusedImages(there.id, after.removeUnusedImages);
  if (after.imageDirectory !== there.imageDirectory)
    await hosts.setImageDirectory(there.id, after.imageDirectory);
  if (after.screenAddress !== there.screenAddress || after.screenTls !== there.screenTls)
    await hosts.setScreens(there.id, after.screenAddress, after.screenTls);
  if (body.allowedDirectories !== undefined)
    await hosts.setAllowedDirectories(there.id, after.allowedDirectories);
  if (body.labels !== undefined) await hosts.setLabels(there.id, after.labels);
  return after;
}

/** Since when it is in maintenance: said again, it changes nothing but the reason. */
function maintenanceOf(
  { maintenance }: Host,
  { maintenance: said }: SetHostBody,
  by: string,
): Host['maintenance'] {
  if (said === undefined) return maintenance;
  if (said === null) return null;
  if (maintenance !== null && (said.reason === undefined || said.reason === maintenance.reason))
    return maintenance;
  return { since: maintenance?.since ?? new Date().toISOString(), by, reason: said.reason ?? '' };
}

/** One address of the host: by all of them a screen without a password would be anybody's. */
function requireOneAddress(address: string | null): void {
  if (address === null || (isIP(address) !== 0 && !/^[0:.]+$/.test(address) && !leadsToItself(address)))
    return;
  throw new Refusal(
    'bad-request',
    `"${address}" is no address by which the controller reaches a host: name the one that its URI leads to, or say --no-screen-address for its loopback.`,
  );
}

function leadsToItself(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

/** An admin says where guests have files, and not where the host has its system: all that is wrong at once. */
function requireAllowable({ allowedDirectories, imageDirectory, pathMap }: SetHostBody): void {
  const places = [
    ...(allowedDirectories ?? []),
    ...(imageDirectory == null ? [] : [imageDirectory]),
    // A device is at its place; what is a file stands in a directory.
    ...Object.values(pathMap ?? {}).filter((path) => !path.startsWith('/dev/')),
  ];
  const problems = places.flatMap((place) => whyNeverAllowed(place) ?? []);
  if (problems.length === 0) return;
  throw new Refusal('bad-request', `Nothing is set: ${problems.join('; ')}. Name another directory.`);
}
