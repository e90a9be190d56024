import type { HostBody, InstanceBody } from '@ferry/api';
import type { ReactNode } from 'react';
import type { MessageKey } from '../i18n/en.ts';
import { bytes } from '../i18n/format.ts';
import { useText } from '../i18n/text.tsx';
import { Icon } from '../ui/icon.tsx';
import type { TargetVerdict } from './checks.ts';
import markStyle from './target-mark.module.css';
import style from './target-words.module.css';

/** A host that an instance could go to, before any host is asked. */
export interface Candidate {
  readonly host: HostBody;
  /** What of the records stands in the way; null: nothing. */
  readonly obstacle: 'source' | 'down' | 'maintenance' | 'disabled' | null;
}

/** All hosts, those first that are likely to take it: without an obstacle, of the source's zone, with most memory free. */
export function candidates(
  { hostId }: Pick<InstanceBody, 'hostId'>,
  hosts: readonly HostBody[],
): readonly Candidate[] {
  const zone = hosts.find(({ id }) => id === hostId)?.zone;
  const rank = ({ host, obstacle }: Candidate): number =>
    obstacle === null ? (host.zone === zone ? 0 : 1) : 2;
  const free = ({ host }: Candidate): number => host.facts?.memoryAvailableBytes ?? 0;
  return hosts
    .map((host) => ({ host, obstacle: obstacleOf(host, hostId) }))
    .toSorted((one, other) => rank(one) - rank(other) || free(other) - free(one));
}

function obstacleOf({ id, service, maintenance }: HostBody, hostId: string): Candidate['obstacle'] {
  if (id === hostId) return 'source';
  if (service.state === 'down') return 'down';
  if (maintenance !== null) return 'maintenance';
  return service.status === 'disabled' ? 'disabled' : null;
}

const obstacleWords = {
  source: 'target.source',
  down: 'target.down',
  maintenance: 'target.maintenance',
  disabled: 'target.disabled',
} as const satisfies Record<NonNullable<Candidate['obstacle']>, MessageKey>;

/** Says why a host is no target before it is asked. */
function useObstacleWords(): (obstacle: NonNullable<Candidate['obstacle']>) => string {
  const { say } = useText();
  return (obstacle) => say(obstacleWords[obstacle]);
}

/** Whether a target would take it, as a picture with its word. */
export function TargetMark({ verdict }: { readonly verdict: TargetVerdict }): ReactNode {
  const { say } = useText();
  switch (verdict.kind) {
    case 'not-asked':
      return <span />;
    case 'asking':
      return (
        <span className={markStyle['asking']} role="img" aria-label={say('target.asking')}>
          <Icon name="wait" size={15} />
        </span>
      );
    case 'possible':
      return (
        <span className={markStyle['possible']} role="img" aria-label={say('target.possible')}>
          <Icon name="check" size={15} />
        </span>
      );
    case 'refused':
      return (
        <span className={markStyle['refused']} role="img" aria-label={say('target.refused')}>
          <Icon name="cross" size={15} />
        </span>
      );
  }
}

/** What a host says of itself as a target: its name, what is free there, whether it would take the instance, and why not. */
export function TargetWords({
  candidate: { host, obstacle },
  verdict,
}: {
  readonly candidate: Candidate;
  readonly verdict: TargetVerdict;
}): ReactNode {
  const { say } = useText();
  const words = useObstacleWords();
  const refused = verdict.kind === 'refused' ? verdict.because : null;
  const why = obstacle === null ? refused : words(obstacle);
  return (
    <>
      <span className={style['name']} data-off={why !== null}>
        {host.name}
      </span>
      <span className={style['free']}>
        {host.facts === null ? '' : say('host.free', { bytes: bytes(host.facts.memoryAvailableBytes) })}
      </span>
      {obstacle === null ? <TargetMark verdict={verdict} /> : null}
      {why === null ? null : <span className={style['why']}>{why}</span>}
    </>
  );
}
