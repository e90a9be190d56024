import type { DiagnosisBody } from '@ferry/api';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { severities } from '../move/findings.tsx';
import { useText } from '../i18n/text.tsx';
import style from './way-matrix.module.css';

/** A move from one host to another. */
export interface Way {
  readonly fromId: string;
  readonly toId: string;
}

/** Signs beside the colours: what is well is the lightest. */
const signs = { ok: '✓', info: '✓', warning: '!', unknown: '?', error: '✕' } as const;

/** Hosts in a matrix: more are no picture any more. */
const most = 40;

/** Each host to each other one, with the gravest that was found on the way; on the diagonal what was found at the host itself. */
export function WayMatrix({
  diagnosis: { hosts: all, pairs },
  chosen,
  onChoose,
}: {
  readonly diagnosis: Pick<DiagnosisBody, 'hosts' | 'pairs'>;
  readonly chosen: Way | null;
  readonly onChoose: (way: Way) => void;
}): ReactNode {
  const { say } = useText();
  const hosts = all.length > most ? worstHosts(all, pairs) : all;
  const worst = new Map(pairs.map((pair) => [`${pair.fromId} ${pair.toId}`, pair]));
  return (
    <div className={style['frame']} tabIndex={0} role="group" aria-label={say('doctor.ways')}>
      {hosts.length === all.length ? null : (
        <p>{say('doctor.worst', { count: hosts.length, all: all.length })}</p>
      )}
      <table className={style['matrix']}>
        <thead>
          <tr>
            <th scope="col">{say('doctor.from')}</th>
            {hosts.map(({ hostId, host }) => (
              <th key={hostId} scope="col">
                {host}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {hosts.map((from) => (
            <tr key={from.hostId}>
              <th scope="row">
                <Link href={`/hosts/${from.hostId}`}>{from.host}</Link>
              </th>
              {hosts.map((to) => {
                if (to === from)
                  return (
                    <td key={to.hostId} data-tone={severities[from.worst].tone}>
                      <span title={say(severities[from.worst].word)}>
                        <span aria-hidden="true">{signs[from.worst]}</span>
                        <span className="visually-hidden">{say(severities[from.worst].word)}</span>
                      </span>
                    </td>
                  );
                const pair = worst.get(`${from.hostId} ${to.hostId}`);
                if (pair === undefined)
                  return (
                    <td key={to.hostId} title={say('doctor.notTried')}>
                      <span className="visually-hidden">{say('doctor.notTried')}</span>
                    </td>
                  );
                const severity = say(severities[pair.worst].word);
                return (
                  <td key={to.hostId} data-tone={severities[pair.worst].tone}>
                    <button
                      type="button"
                      aria-pressed={chosen?.fromId === pair.fromId && chosen.toId === pair.toId}
                      aria-label={say('doctor.pair', { from: pair.from, to: pair.to, severity })}
                      title={`${pair.from} → ${pair.to}: ${severity}`}
                      onClick={() => onChoose(pair)}
                    >
                      {signs[pair.worst]}
                    </button>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Those with the gravest findings, at themselves or on a way from them or to them; in their order. */
function worstHosts(
  hosts: DiagnosisBody['hosts'],
  pairs: DiagnosisBody['pairs'],
): readonly DiagnosisBody['hosts'][number][] {
  const order = Object.keys(severities);
  const gravest = new Map(hosts.map(({ hostId, worst }) => [hostId, order.indexOf(worst)]));
  for (const { fromId, toId, worst } of pairs)
    for (const id of [fromId, toId])
      gravest.set(id, Math.min(gravest.get(id) ?? order.length, order.indexOf(worst)));
  const chosen = new Set(
    hosts
      .toSorted((one, other) => (gravest.get(one.hostId) ?? 0) - (gravest.get(other.hostId) ?? 0))
      .slice(0, most)
      .map(({ hostId }) => hostId),
  );
  return hosts.filter(({ hostId }) => chosen.has(hostId));
}
