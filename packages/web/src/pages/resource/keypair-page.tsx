import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useLocation } from 'wouter';
import { useSession } from '../../api/queries.ts';
import { resources } from '../../api/resources.ts';
import { Commands } from '../../doctor/doctor-findings.tsx';
import { fullTime } from '../../i18n/format.ts';
import { useText } from '../../i18n/text.tsx';
import { DetailPage } from '../../nouns/detail-page.tsx';
import { InstancesWith } from '../../nouns/instances-with.tsx';
import { CopyId } from '../../ui/copy-id.tsx';
import { Empty, Panel } from '../../ui/page.tsx';
import style from '../../ui/padded.module.css';
import { useKeypairNoun } from '../resources/keypairs-page.tsx';

/** One key pair of one's own: its public key, and which of one's instances were made with it. */
export function KeypairPage({ id: name }: { readonly id: string }): ReactNode {
  const { say, language } = useText();
  const [, go] = useLocation();
  const noun = useKeypairNoun(() => go('/keypairs'));
  const user = useSession().data?.user ?? null;
  const { data: keypair, error } = useQuery({
    queryKey: ['keypairs', name],
    queryFn: () => resources.keypair(name),
    retry: false,
  });
  if (keypair === undefined) return error === null ? null : <Empty>{error.message}</Empty>;
  const { fingerprint, public_key: key, created_at: at } = keypair;
  return (
    <DetailPage
      title={keypair.name}
      above={{ path: '/keypairs', label: noun.label }}
      acts={noun.actsOf?.(keypair) ?? []}
      facts={[
        [say('keypairs.fingerprint'), <CopyId id={fingerprint} label={say('copy')} />],
        at === undefined ? null : [say('images.created'), fullTime(`${at.replace(/\.\d+$/, '')}Z`, language)],
      ]}
    >
      <Panel title={say('keypairs.public')}>
        <div className={style['padded']}>
          <Commands title={say('keypairs.asFile')} lines={[key]} />
        </div>
      </Panel>
      {user === null ? null : <InstancesWith filter={{ keypair: name, user: user.id }} />}
    </DetailPage>
  );
}
