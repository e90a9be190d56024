import { expect, test } from 'vitest';
import { connect } from '../../connect.ts';
import { ErrorNumber } from '../../protocol/error-numbers.ts';
import { argsOf, FakeDaemon, type FakePeer, isCall } from '../../rpc/fake-daemon.test-support.ts';
import { type Frame, MessageType } from '../../rpc/frame.ts';

const credentials = { username: 'ferry', password: 'secret' };

/** A daemon that offers some mechanisms and answers the first message by a script. */
async function saslDaemon(
  mechlist: string,
  onStart: (peer: FakePeer, frame: Frame) => void = () => undefined,
): Promise<FakeDaemon> {
  const daemon = await FakeDaemon.start((peer, frame) => {
    if (isCall(frame, 'authSaslInit')) peer.reply('authSaslInit', frame, { mechlist });
    if (isCall(frame, 'authSaslStart')) onStart(peer, frame);
  });
  daemon.authentications = [1];
  return daemon;
}

test('PLAIN is one message, and the driver is opened after it', async () => {
  await using daemon = await saslDaemon('PLAIN', (peer, frame) =>
    peer.reply('authSaslStart', frame, { complete: true, nil: true, data: new Uint8Array() }),
  );
  const connection = await connect(daemon.uri, { credentials });
  const start = await daemon.peers[0]?.called('authSaslStart');
  const { mech, nil, data } = argsOf('authSaslStart', start as Frame);
  expect([mech, nil, Buffer.from(data).toString()]).toEqual(['PLAIN', false, '\0ferry\0secret']);
  await connection.close();
});

test('credentials are asked for once a mechanism needs them, with what is known', async () => {
  await using daemon = await saslDaemon('PLAIN SCRAM-SHA-256', (peer, frame) =>
    peer.refuse(frame, MessageType.reply, { code: ErrorNumber.AUTH_FAILED, message: 'no' }),
  );
  const asked: unknown[] = [];
  const attempt = connect(`${daemon.uri}&auth=sasl.plain`, {
    credentials: (request) => {
      asked.push(request);
      return credentials;
    },
  });
  await expect(attempt).rejects.toMatchObject({ code: 'auth-failed', mayHaveRun: false });
  expect(asked).toEqual([{ mechanism: 'PLAIN', host: null, username: null }]);
});

test('a refusal names mechanism and user, and keeps what libvirt said', async () => {
  await using daemon = await saslDaemon('PLAIN', (peer, frame) =>
    peer.refuse(frame, MessageType.reply, { code: ErrorNumber.AUTH_FAILED, message: 'go away' }),
  );
  await expect(connect(daemon.uri, { credentials })).rejects.toMatchObject({
    code: 'auth-failed',
    message: expect.stringMatching(/SASL PLAIN as "ferry" failed: go away/),
  });
});

test('a daemon that says it is done without having proved itself is not believed', async () => {
  await using daemon = await saslDaemon('SCRAM-SHA-256', (peer, frame) => {
    const { data } = argsOf('authSaslStart', frame);
    const [, nonce = ''] = /r=(.*)$/.exec(Buffer.from(data).toString()) ?? [];
    const first = Buffer.from(`r=${nonce}abc,s=c2FsdA==,i=4096`);
    peer.reply('authSaslStart', frame, { complete: true, nil: false, data: first });
  });
  await expect(connect(daemon.uri, { credentials })).rejects.toMatchObject({
    code: 'auth-failed',
    message: expect.stringContaining('before it has proved itself'),
  });
});

test('where no mechanism fits, each that is offered is named with why', async () => {
  await using daemon = await saslDaemon('GSS-SPNEGO SCRAM-SHA-256');
  await expect(connect(daemon.uri)).rejects.toMatchObject({
    code: 'auth-required',
    message: expect.stringMatching(/GSS-SPNEGO: .*; SCRAM-SHA-256: no user name/),
  });
});

test('a daemon that has nothing to offer', async () => {
  await using daemon = await FakeDaemon.start((peer, frame) => {
    if (isCall(frame, 'authSaslInit')) {
      peer.refuse(frame, MessageType.reply, { code: ErrorNumber.AUTH_FAILED, message: 'no way in' });
    }
  });
  daemon.authentications = [1];
  await expect(connect(daemon.uri, { credentials })).rejects.toMatchObject({
    code: 'auth-required',
    message: expect.stringMatching(/no mechanism to offer \(no way in\): see mech_list/),
  });
});

test('a URI that wants another method than the daemon is refused', async () => {
  await using daemon = await saslDaemon('PLAIN');
  await expect(connect(`${daemon.uri}&auth=polkit`)).rejects.toMatchObject({
    code: 'auth-required',
    message: expect.stringContaining('the URI wants polkit, the daemon sasl'),
  });
});
