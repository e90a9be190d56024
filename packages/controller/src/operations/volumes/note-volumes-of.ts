import { type DomainFacts, isAtPlace } from '@ferry/model';
import type { Services } from '../engine/services.ts';
import { noteFound } from './note-found.ts';

/** Volumes of the catalogue that a domain of a host has when it is taken in. */
export async function noteVolumesOf(services: Services, hostId: string, domain: DomainFacts): Promise<void> {
  const volumes = (await services.store.catalogue.list()).map(({ volume }) => volume);
  for (const disk of domain.disks) {
    const volume = volumes.find(
      ({ place, hostIds }) =>
        isAtPlace(disk, place) && (place.kind === 'network' || hostIds.includes(hostId)),
    );
    if (volume !== undefined) await noteFound(services, domain.id, volume, disk);
  }
}
