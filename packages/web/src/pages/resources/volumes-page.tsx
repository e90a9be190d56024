import type { VolumeTypeBody } from '@ferry/api';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useLocation, useSearch } from 'wouter';
import { resources } from '../../api/resources.ts';
import { useText } from '../../i18n/text.tsx';
import { NounPage } from '../../nouns/noun-page.tsx';
import { Choice } from '../../ui/field.tsx';
import { isOnItsWay, useVolumeNoun } from './volume-noun.tsx';
import { useVolumeTypeNoun } from './volume-type-noun.tsx';

/** How often volumes are looked at while something becomes of one: they have no events. */
const lookMs = 1_000;

/** Volumes, and the types that say in which pools projects have them made. */
export function VolumesPage(): ReactNode {
  const { say } = useText();
  const [, go] = useLocation();
  const isTypes = new URLSearchParams(useSearch()).get('view') === 'types';
  const types = useQuery({ queryKey: ['volume-types'], queryFn: resources.volumeTypes });
  const found = useQuery({
    queryKey: ['volumes'],
    queryFn: resources.volumes,
    refetchInterval: ({ state }) => ((state.data ?? []).some(isOnItsWay) ? lookMs : false),
  });
  const volumes = useVolumeNoun(types.data ?? []);
  const kinds = useVolumeTypeNoun();
  const views = (
    <Choice
      label={say('fleet.show')}
      value={isTypes ? 'types' : 'volumes'}
      onChange={(next) => go(next === 'types' ? '/volumes?view=types' : '/volumes')}
      options={[
        { value: 'volumes', label: say('volumes.title') },
        { value: 'types', label: say('volumes.types') },
      ]}
    />
  );
  return isTypes ? (
    <NounPage<VolumeTypeBody> key="types" noun={kinds} found={types} views={views} />
  ) : (
    <NounPage key="volumes" noun={volumes} found={found} views={views} />
  );
}
