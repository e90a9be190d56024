import { HypervisorError } from '@ferry/hypervisor';
import { Refusal } from './refusal.ts';

/** Turns what a host answered into a refusal; passes on what is none of a host's errors. */
export function refusalOf(error: unknown): unknown {
  if (!(error instanceof HypervisorError)) return error;
  switch (error.code) {
    case 'bad-uri':
      return new Refusal('bad-request', error.message, [], error);
    case 'no-domain':
      return new Refusal('domain-not-found', error.message, [], error);
    case 'no-console':
    case 'console-in-use':
      return new Refusal(error.code, error.message, [], error);
    case 'unreachable':
    case 'deadline':
      return new Refusal('host-unreachable', error.message, [], error);
    case 'aborted':
      return new Refusal('shutting-down', error.message, [], error);
    case 'no-image':
    case 'no-filter':
    case 'no-network':
    case 'no-secret':
    case 'no-device':
    case 'exists':
    case 'no-space':
    case 'wrong-state':
    case 'invalid-xml':
    case 'refused':
      return new Refusal('host-refused', error.message, [], error);
  }
}
