import type { ReactNode } from 'react';
import type { Problem } from '../api/request.ts';
import { Notice } from '../ui/page.tsx';

/** What the controller refused, in its words: the reason, what to do, and all that it found. Nothing where there is none. */
export function Refusal({ problem }: { readonly problem: Problem | null }): ReactNode {
  if (problem === null) return null;
  return (
    <Notice tone="bad" title={problem.message}>
      {problem.remedy}
      {problem.findings.map(({ code, message, remedy }, index) => (
        <p key={`${code}-${index}`}>{[message, remedy].filter((word) => word !== '').join(' ')}</p>
      ))}
    </Notice>
  );
}
