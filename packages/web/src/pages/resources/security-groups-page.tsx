import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { resources } from '../../api/resources.ts';
import { NounPage } from '../../nouns/noun-page.tsx';
import { useSecurityGroupNoun } from './security-group-noun.tsx';

/** All security groups. */
export function SecurityGroupsPage(): ReactNode {
  const noun = useSecurityGroupNoun();
  const found = useQuery({ queryKey: ['security-groups'], queryFn: resources.groups });
  return <NounPage noun={noun} found={found} />;
}
