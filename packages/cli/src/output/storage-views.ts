import type { ImageBody, VolumeBody } from '@ferry/api';
import { formatFields, formatTable } from './table.ts';
import { formatBytes } from './units.ts';

/** As much of a digest as tells two apart at a glance; all of it is in the other forms of output. */
const shownDigits = 12;

/** Base images, a line each. */
export function formatImages(images: readonly ImageBody[]): string {
  if (images.length === 0) return 'No base images: no disk stands on another file there.';
  return formatTable(
    [
      { heading: 'HOST' },
      { heading: 'PATH' },
      { heading: 'TAKES', align: 'right' },
      { heading: 'DIGEST' },
      { heading: 'ORIGIN' },
      { heading: 'USED BY' },
    ],
    images.map((one) => [
      one.host,
      one.path,
      formatBytes(one.allocationBytes),
      one.digest?.slice(0, shownDigits) ?? 'not read yet',
      one.brought === null ? 'found' : `brought ${one.brought.at.slice(0, 10)}`,
      imageUsers(one),
    ]),
  );
}

function imageUsers({ users, overlays }: ImageBody): string {
  const names = [...users.map(({ name }) => name), ...overlays.map((path) => `${path} (of no domain)`)];
  return names.length === 0 ? 'nothing' : names.join(', ');
}

/** All volumes, a line each. */
export function formatVolumes(volumes: readonly VolumeBody[]): string {
  if (volumes.length === 0) return 'No volumes yet: make one known with `ferry volume create NAME`.';
  return formatTable(
    [
      { heading: 'NAME' },
      { heading: 'STATUS' },
      { heading: 'SIZE', align: 'right' },
      { heading: 'SOURCE' },
      { heading: 'HOSTS' },
      { heading: 'ATTACHED TO' },
      { heading: 'ID' },
    ],
    volumes.map((one) => [
      one.name,
      one.status,
      sizeOf(one),
      one.source,
      one.hosts.join(', ') || '-',
      usersOf(one),
      one.id,
    ]),
  );
}

/** One volume with all that is told of it. */
export function formatVolume(volume: VolumeBody): string {
  return formatFields([
    ['name', volume.name],
    ['id', volume.id],
    ['status', volume.status],
    ...(volume.fault === null ? [] : [['fault', volume.fault] as [string, string]]),
    ['size', sizeOf(volume)],
    ['source', volume.source],
    ['hosts', volume.hosts.join(', ') || '-'],
    ['format', volume.format],
    ['made by Ferry', volume.made ? 'yes' : 'no'],
    ['shareable', volume.shareable ? 'yes' : 'no'],
    ['attached to', usersOf(volume)],
    ['project', volume.projectId],
    ['description', volume.description ?? '-'],
    ['created', volume.createdAt],
  ]);
}

function sizeOf({ sizeBytes }: VolumeBody): string {
  return sizeBytes === null ? '-' : formatBytes(sizeBytes);
}

function usersOf({ attachments }: VolumeBody): string {
  return attachments.map(({ instance, device }) => `${instance} (${device})`).join(', ') || '-';
}
