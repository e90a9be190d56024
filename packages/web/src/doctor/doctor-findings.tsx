import type { DoctorFindingBody } from '@ferry/api';
import type { ReactNode } from 'react';
import { useText } from '../i18n/text.tsx';
import { Findings } from '../move/findings.tsx';
import commandStyle from './commands.module.css';
import style from './doctor-findings.module.css';

/** Lines to type somewhere, with what they are for. */
export function Commands({
  title,
  lines,
}: {
  readonly title: string;
  readonly lines: readonly string[];
}): ReactNode {
  return (
    <span className={commandStyle['commands']}>
      <span>{title}</span>
      <code className={commandStyle['lines']} tabIndex={0} role="group" aria-label={title}>
        {lines.join('\n')}
      </code>
    </span>
  );
}

/** What the doctor found, by host or way; each with what to type where a command mends it. */
export function DoctorFindings({ findings }: { readonly findings: readonly DoctorFindingBody[] }): ReactNode {
  const { say } = useText();
  return (
    <div className={style['findings']}>
      <Findings
        findings={findings}
        placeOf={({ host, peer }) => (peer === null ? host : `${host} → ${peer}`)}
        below={({ commands }) =>
          commands === null ? null : (
            <>
              <Commands
                title={say('doctor.commands', { family: 'Debian, Ubuntu' })}
                lines={commands.debian}
              />
              {String(commands.redhat) === String(commands.debian) ? null : (
                <Commands title={say('doctor.commands', { family: 'RHEL' })} lines={commands.redhat} />
              )}
            </>
          )
        }
      />
    </div>
  );
}
