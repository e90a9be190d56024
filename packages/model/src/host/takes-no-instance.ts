import type { Host } from './host.ts';

/** A host as far as it says whether it takes instances. */
type Admitting = Pick<Host, 'service' | 'maintenance'>;

/** Whether a host takes instances: `disabled` is an operator's word, `maintenance` a plan's or an operator's. */
export function admissionOf({ service, maintenance }: Admitting): 'open' | 'disabled' | 'maintenance' {
  if (maintenance !== null) return 'maintenance';
  return service.status === 'disabled' ? 'disabled' : 'open';
}

/** Why a host takes no instance, by whatever way it would come, as the end of a sentence on it; null: it does. */
export function whyTakesNone(host: Admitting): string | null {
  switch (admissionOf(host)) {
    case 'open':
      return null;
    case 'disabled':
      return 'it is disabled';
    case 'maintenance':
      return `it is in maintenance${reasonOf(host)}`;
  }
}

/** What ends that a host takes none, for a remedy. */
export function takeAgain(host: Pick<Host, 'name'> & Admitting): string {
  return host.maintenance === null
    ? `Enable "${host.name}" again`
    : `End its maintenance (\`ferry host maintenance ${host.name} off\`)`;
}

function reasonOf({ maintenance }: Admitting): string {
  return maintenance === null || maintenance.reason === '' ? '' : ` (${maintenance.reason})`;
}
