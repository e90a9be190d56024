import { ClientError, LibvirtError } from '../../errors.ts';
import type { ResultOf } from '../../procedures/procedures.ts';
import { ErrorNumber } from '../../protocol/error-numbers.ts';
import type { CallOptions } from '../../rpc/call-options.ts';
import type { Connection } from '../../rpc/connection.ts';
import { type CredentialsPlaces, findCredentials } from '../credentials.ts';
import { chooseMechanism } from './choose-mechanism.ts';
import type { SaslContext } from './sasl-context.ts';
import { type SaslExchange, SaslError } from './sasl-exchange.ts';

/** What an authentication by SASL goes by. */
export interface SaslSettings extends SaslContext {
  /** The mechanism that the URI names; null where any will do. */
  readonly mechanism: string | null;
  /** The user that the URI names. */
  readonly username: string | null;
  readonly credentials: CredentialsPlaces;
}

/** An exchange that can begin, and what messages say of it: whose it is, and what to look at when it is refused. */
interface Prepared {
  readonly name: string;
  readonly who: string;
  readonly remedy: string;
  readonly exchange: () => SaslExchange;
}

/** No mechanism takes so many messages: the daemon leads us in a circle. */
const mostRounds = 20;

/** libvirtd tells its log alone why. */
const remedyForTickets =
  "; the log of libvirtd says why. Clocks that differ, a key table that lacks the host's present key, and a user who " +
  'is not in sasl_allowed_username_list are the usual reasons';

/**
 * Says who asks by SASL, and from then on encrypts the connection where the mechanism does. Rejects with `auth-required`
 * when no mechanism can be used, with `auth-failed` when either side does not believe the other.
 */
export async function authenticateBySasl(
  connection: Connection,
  settings: SaslSettings,
  rest: () => CallOptions,
): Promise<void> {
  const offered = await offeredMechanisms(connection, settings, rest());
  const prepared = await prepare(offered, settings, rest);
  try {
    const exchange = prepared.exchange();
    await converse(connection, prepared.name, exchange, rest);
    if (exchange.layer !== null) connection.protect(exchange.layer);
    else if (!settings.private) throw new SaslError('the daemon agreed on no encryption');
  } catch (error) {
    if (!(error instanceof SaslError || error instanceof LibvirtError)) throw error;
    const remedy = error instanceof LibvirtError ? prepared.remedy : '';
    const message = `SASL ${prepared.name}${prepared.who} failed: ${error.message}${remedy}`;
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
      : 'without TLS only a mechanism that encrypts is one, GSSAPI: use +tls, or add it to mech_list';
    const message = `the daemon wants SASL, and has no mechanism to offer (${error.message}): ${why}`;
    throw new ClientError('auth-required', message, { mayHaveRun: false, cause: error });
  }
}

async function prepare(
  offered: readonly string[],
  settings: SaslSettings,
  rest: () => CallOptions,
): Promise<Prepared> {
  const { host, username } = settings;
  const choice = { offered, wanted: settings.mechanism, private: settings.private };
  // Nobody is asked for a password before it is known that one is of use.
  let best = chooseMechanism({ ...choice, password: true });
  if (best.kind === 'chosen' && best.mechanism.start.wants === 'password') {
    const { name, start } = best.mechanism;
    const credentials = await findCredentials({ mechanism: name, host, username }, settings.credentials);
    if (credentials !== null) {
      const who = ` as "${credentials.username}"`;
      return { name, who, remedy: '', exchange: () => start.exchange(credentials) };
    }
    best = chooseMechanism({ ...choice, password: false });
  }
  if (best.kind === 'none') throw nothingFits(best.reasons);
  const { name, start } = best.mechanism;
  if (start.wants === 'password') throw nothingFits([`${name}: there is no password`]);
  return {
    name,
    who: ' with a ticket',
    remedy: remedyForTickets,
    exchange: () => start.exchange(settings, rest),
  };
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
  for (let round = 0; round < mostRounds; round += 1) {
    if (answer.complete && exchange.done) return;
    const next = await exchange.next(answer.nil ? null : answer.data);
    if (answer.complete) {
      if (exchange.done) return;
      throw new SaslError('the daemon says that it is done before it has proved itself');
    }
    answer = await connection.call('authSaslStep', messageOf(next), rest());
  }
  throw new SaslError(`the daemon has not decided after ${mostRounds} messages`);
}

/** "Nothing" and "an empty message" are two things in SASL. */
function messageOf(data: Uint8Array | null): { nil: boolean; data: Uint8Array } {
  return { nil: data === null, data: data ?? new Uint8Array() };
}
