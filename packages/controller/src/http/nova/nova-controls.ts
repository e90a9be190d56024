import type { MoveBody } from '@ferry/api';
import type { Caller, InstanceProfile, Migration, PowerAction } from '@ferry/model';
import type { NewServer } from '../../operations/create-instance/new-server.ts';
import type { Asked } from '../../store/action-store.ts';
import type { ServerQuery, ServerRecord } from '../../store/server-record.ts';

/** A request that does something to an instance. */
export interface AskedBy extends Asked {
  readonly caller: Caller;
}

/** What a change of a server's own description may change. */
type ServerChange = Partial<
  Pick<InstanceProfile, 'description' | 'metadata' | 'tags' | 'lockedBy' | 'lockedReason'>
> & {
  readonly name?: string;
};

/** What the pages of the compute API can ask for. */
export interface NovaControls {
  server(id: string): Promise<ServerRecord | null>;
  servers(query: ServerQuery): Promise<readonly ServerRecord[] | 'no-marker'>;
  /** Changes what is said of a server, from what is said of it at that moment; null when it is gone. */
  changeServer(id: string, change: (server: ServerRecord) => ServerChange): Promise<ServerRecord | null>;
  /** Begins a power action; refuses when the instance is not in a state for it. */
  power(asked: AskedBy, id: string, action: PowerAction): Promise<void>;
  /** Begins a move, as Ferry's own API does. */
  moveServer(asked: AskedBy, id: string, move: MoveBody): Promise<Migration>;
  /** Begins the creation of servers; gives their ids. */
  createServers(asked: AskedBy, wanted: NewServer): Promise<readonly string[]>;
  /** Begins the deletion of a server; refuses while something else is done to it. */
  deleteServer(asked: AskedBy, id: string): Promise<void>;
  /** The last lines of its serial console; null: all that is kept. */
  consoleOutput(id: string, lines: number | null): Promise<string>;
}
