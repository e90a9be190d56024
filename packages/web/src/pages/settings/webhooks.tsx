import type { WebhookBody } from '@ferry/api';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ferry } from '../../api/ferry.ts';
import { NounPanel } from '../../nouns/noun-page.tsx';
import { useWebhookNoun } from './webhook-noun.tsx';

/** Attempts have no events. */
const lookMs = 5_000;

/** Addresses that are told what happens, and whether it gets there. */
export function Webhooks(): ReactNode {
  const noun = useWebhookNoun();
  const found = useQuery({ queryKey: ['webhooks'], queryFn: ferry.webhooks, refetchInterval: lookMs });
  return <NounPanel<WebhookBody> noun={noun} found={found} />;
}
