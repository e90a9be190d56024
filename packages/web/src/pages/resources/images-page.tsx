import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { resources } from '../../api/resources.ts';
import { NounPage } from '../../nouns/noun-page.tsx';
import { useImageNoun } from './image-noun.tsx';

/** Images that instances are created from. */
export function ImagesPage(): ReactNode {
  const noun = useImageNoun();
  return <NounPage noun={noun} found={useQuery({ queryKey: ['images'], queryFn: resources.images })} />;
}
