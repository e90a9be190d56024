import { Refusal } from '../engine/refusal.ts';
import type { IdentityServices } from './identity-services.ts';

/**
 * Hashes a password or secret that somebody has chosen; refuses one that is too short. Not asked at sign-in: what was
 * set before stays good.
 */
export async function hashNewPassword(
  { passwords, minPasswordLength }: Pick<IdentityServices, 'passwords' | 'minPasswordLength'>,
  password: string,
  what: 'password' | 'secret' = 'password',
): Promise<string> {
  const length = Array.from(password).length;
  if (length < minPasswordLength)
    throw new Refusal(
      'bad-request',
      `The ${what} has ${length} characters, and at least ${minPasswordLength} are asked for (\`ferry serve --min-password-length\`). Choose a longer one.`,
    );
  return passwords.hash(password);
}
