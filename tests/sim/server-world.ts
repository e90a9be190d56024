import { type Answer, ask, onLoopback } from './openstack-caller.ts';
import { Stage, until } from './world.ts';

/** The first bytes of a qcow2 image for a disk of 64 MiB. */
export function tinyImage(): Buffer {
  const header = Buffer.alloc(600);
  header.write('QFI\xfb', 'latin1');
  header.writeUInt32BE(3, 4);
  header.writeBigUInt64BE(64n * 1024n ** 2n, 24);
  header.writeUInt32BE(104, 100);
  return header;
}

/** A stage with hosts that have a network, an image and a flavor. */
export class ServerStage {
  readonly stage: Stage;
  readonly imageId: string;

  private constructor(stage: Stage, imageId: string) {
    this.stage = stage;
    this.imageId = imageId;
  }

  static async open(options: Parameters<typeof Stage.open>[1] = {}): Promise<ServerStage> {
    const stage = await Stage.open({}, { ...onLoopback, ...options });
    for (const { name } of await stage.client().hosts())
      await stage.client().setHost(name, { imageDirectory: '/images' });
    const image = { name: 'tiny', disk_format: 'qcow2', container_format: 'bare' };
    const made = await ask(stage, 'POST', '/image/v2/images', { body: image });
    const imageId: string = made.body.id;
    const put = await ask(stage, 'PUT', `/image/v2/images/${imageId}/file`, { body: tinyImage() });
    if (put.status !== 204) throw new Error(`the image was not taken: ${put.text}`);
    const flavor = { id: '1', name: 'small', ram: 64, vcpus: 1, disk: 1 };
    await ask(stage, 'POST', '/v2.1/flavors', { body: { flavor } });
    return new ServerStage(stage, imageId);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stage[Symbol.asyncDispose]();
  }

  /** Asks for a server; the answer, whatever it is. */
  create(server: object = {}, more: { minor?: number; hints?: object } = {}): Promise<Answer> {
    const { minor, hints } = more;
    return ask(this.stage, 'POST', '/v2.1/servers', {
      ...(minor === undefined ? {} : { minor }),
      body: {
        server: { name: 'web', imageRef: this.imageId, flavorRef: '1', networks: [], ...server },
        ...(hints === undefined ? {} : { 'os:scheduler_hints': hints }),
      },
    });
  }

  /** The same for one that is accepted: its id. */
  async created(server: object = {}, more: { minor?: number; hints?: object } = {}): Promise<string> {
    const answer = await this.create(server, more);
    if (answer.status !== 202) throw new Error(`it was not accepted: ${answer.text}`);
    return answer.body.server.id;
  }

  /** A server as it is told to an administrator. */
  async server(id: string): Promise<Record<string, unknown>> {
    return (await ask(this.stage, 'GET', `/v2.1/servers/${id}`, { minor: 90 })).body.server;
  }

  /** Waits until a server has a status. */
  becomes(id: string, status: string): Promise<Record<string, unknown>> {
    let last: Record<string, unknown> = {};
    return until(
      () => `server ${id} is ${status}; it is ${JSON.stringify(last)}`,
      async () => {
        last = await this.server(id);
        return last['status'] === status ? last : null;
      },
    );
  }

  async delete(id: string): Promise<number> {
    return (await ask(this.stage, 'DELETE', `/v2.1/servers/${id}`)).status;
  }

  /** Waits until there is no such server any more. */
  async gone(id: string): Promise<void> {
    await until(`server ${id} is gone`, async () =>
      (await ask(this.stage, 'GET', `/v2.1/servers/${id}`)).status === 404 ? true : null,
    );
  }

  /** Name of the host of a server. */
  async hostOf(id: string): Promise<string> {
    return (await this.server(id))['OS-EXT-SRV-ATTR:host'] as string;
  }
}
