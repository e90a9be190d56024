import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useHosts } from '../api/queries.ts';
import { resources } from '../api/resources.ts';
import type { MessageKey } from '../i18n/en.ts';
import { networksOf } from '../pages/resources/host-networks.ts';

/** Something that has a page, beside instances and hosts. */
export interface Thing {
  readonly kind: MessageKey;
  readonly name: string;
  readonly path: string;
}

/** What instances are made of, by name: read when somebody looks for something. What cannot be read is not found. */
export function useThings(): readonly Thing[] {
  const hosts = useHosts().data;
  const images = useQuery({ queryKey: ['images'], queryFn: resources.images }).data;
  const volumes = useQuery({ queryKey: ['volumes'], queryFn: resources.volumes }).data;
  const groups = useQuery({ queryKey: ['security-groups'], queryFn: resources.groups }).data;
  const flavors = useQuery({ queryKey: ['flavors'], queryFn: resources.flavors }).data;
  const keypairs = useQuery({ queryKey: ['keypairs'], queryFn: resources.keypairs }).data;
  return useMemo(
    () => [
      ...things('palette.network', 'networks', networksOf(hosts ?? []), ({ name }) => name),
      ...things('palette.image', 'images', images ?? [], ({ id }) => id),
      ...things('palette.volume', 'volumes', volumes ?? [], ({ id }) => id),
      ...things('palette.group', 'security-groups', groups ?? [], ({ id }) => id),
      ...things('palette.flavor', 'flavors', flavors ?? [], ({ id }) => id),
      ...things('palette.keypair', 'keypairs', keypairs ?? [], ({ name }) => name),
    ],
    [hosts, images, volumes, groups, flavors, keypairs],
  );
}

function things<One extends { readonly name: string | null }>(
  kind: MessageKey,
  folder: string,
  all: readonly One[],
  keyOf: (one: One) => string,
): Thing[] {
  return all.map((one) => ({
    kind,
    name: one.name === null || one.name === '' ? keyOf(one) : one.name,
    path: `/${folder}/${encodeURIComponent(keyOf(one))}`,
  }));
}
