import { ClientError, LibvirtError } from '../../errors.ts';
import type { ResultOf } from '../../procedures/procedures.ts';
import { ErrorNumber } from '../../protocol/error-numbers.ts';
import type { CallOptions } from '../../rpc/call-options.ts';
import type { Connection } from '../../rpc/connection.ts';
import { type CredentialsPlaces, findCredentials } from '../credentials.ts';
import { chooseMechanism } from './choose-mechanism.ts';
import { type SaslExchange, SaslError } from './sasl-exchange.ts';

/** What an authentication by SASL goes by. */
export interface SaslSettings {
  /** The name that the daemon's host is known by; null for this machine. */
  readonly host: string | null;
  /** Whether nobody can read the transport. */
  readonly private: boolean;
  /** The mechanism that the URI names; null where any will do. */
  readonly mechanism: string | null;
  /** The user that the URI names. */
  readonly username: string | null;
  readonly credentials: CredentialsPlaces;
}

/** An exchange that can begin, and whose it is, for messages. */
interface Prepared {
  readonly name: string;
  readonly username: string;
  readonly exchange: () => SaslExchange;
}

/** No mechanism takes so many messages: the daemon leads us in a circle. */
const maxRounds = 20;

/**
 * Says who asks by SASL. Rejects with `auth-required` when no mechanism can be used, with `auth-failed` when either side does not believe the other.
 */
export async function authenticateBySasl(
  connection: Connection,
  settings: SaslSettings,
  rest: () => CallOptions,
): Promise<void> {
  const offered = await offeredMechanisms(connection, settings, rest());
  const prepared = await prepare(offered, settings);
  try {
    await converse(connection, prepared.name, prepared.exchange(), rest);
  } catch (error) {
    if (!(error instanceof SaslError || error instanceof LibvirtError)) throw error;
    const message = `SASL ${prepared.name} as "${prepared.username}" failed: ${error.message}`;
    throw new ClientError('auth-failed', message, { mayHaveRun: false, cause: error });
  }
}

async function offeredMechanisms(
  connection: Connection,
  settings: SaslSettings,
  options: CallOptions,
): Promise<string[]> {
  try {
    const { mechlist } = await connection.call('authSaslInit', {}, options);
    return mechlist.split(/[\s,]+/).filter((name) => name !== '');
  } catch (error) {
    if (!(error instanceof LibvirtError) || error.code !== ErrorNumber.AUTH_FAILED) throw error;
    const why = settings.private
      ? 'see mech_list in its /etc/sasl2/libvirt.conf, and whether the modules for it are installed'
      : 'without TLS it offers mechanisms that encrypt alone, and Ferry speaks none: use qemu+tls or qemu+ssh';
    const message = `the daemon wants SASL, and has no mechanism to offer (${error.message}): ${why}`;
    throw new ClientError('auth-required', message, { mayHaveRun: false, cause: error });
  }
}

async function prepare(offered: readonly string[], settings: SaslSettings): Promise<Prepared> {
  const { host, username } = settings;
  const choice = { offered, wanted: settings.mechanism, private: settings.private };
  // Nobody is asked for a password before it is known that one is of use.
  const best = chooseMechanism({ ...choice, password: true });
  if (best.kind === 'none') throw nothingFits(best.reasons);
  const { name, exchange } = best.mechanism;
  const credentials = await findCredentials({ mechanism: name, host, username }, settings.credentials);
  if (credentials !== null)
    return { name, username: credentials.username, exchange: () => exchange(credentials) };
  const without = chooseMechanism({ ...choice, password: false });
  throw nothingFits(without.kind === 'none' ? without.reasons : [`${name}: there is no password`]);
}

function nothingFits(reasons: readonly string[]): ClientError {
  const message = `the daemon wants SASL, and no mechanism can be used: ${reasons.join('; ')}`;
  return new ClientError('auth-required', message, { mayHaveRun: false });
}

async function converse(
  connection: Connection,
  mech: string,
  exchange: SaslExchange,
  rest: () => CallOptions,
): Promise<void> {
  const first = messageOf(await exchange.first());
  let answer: ResultOf<'authSaslStep'> = await connection.call('authSaslStart', { mech, ...first }, rest());
  for (let round = 0; round < maxRounds; round += 1) {
    if (answer.complete && exchange.done) return;
    const next = await exchange.next(answer.nil ? null : answer.data);
    if (answer.complete) {
      if (exchange.done) return;
      throw new SaslError('the daemon says that it is done before it has proved itself');
    }
    answer = await connection.call('authSaslStep', messageOf(next), rest());
  }
  throw new SaslError(`the daemon has not decided after ${maxRounds} messages`);
}

/** "Nothing" and "an empty message" are two things in SASL. */
function messageOf(data: Uint8Array | null): { nil: boolean; data: Uint8Array } {
  return { nil: data === null, data: data ?? new Uint8Array() };
}
