import { TOOL } from '../../../src/model/tool.ts';
import { type Home, makeHome, SAMPLE } from '../../helpers/cli.ts';
import { startServer, type TestServer } from '../../helpers/server.ts';

/** A home with an environment `env` out of a server of the sample channel. */
export interface CommandsScene {
  readonly server: TestServer;
  readonly home: Home;
  /** Options that name the channel. */
  readonly channel: () => string[];
  readonly close: () => Promise<void>;
}

export async function openCommandsScene(): Promise<CommandsScene> {
  const server = await startServer(SAMPLE);
  const home = makeHome();
  const channel = (): string[] => ['--override-channels', '-c', server.url];
  const made = await home.tconda(
    'create',
    '-y',
    '-n',
    'env',
    ...channel(),
    'ladder=1.9',
    'greet=1.1',
    'activation',
  );
  if (made.code !== 0) throw new Error(made.stderr);
  return {
    server,
    home,
    channel,
    close: async () => {
      await server.close();
      home.remove();
    },
  };
}

/** What was printed, with the paths and addresses of this run taken out. */
export function masked(text: string, { server, home }: Pick<CommandsScene, 'server' | 'home'>): string {
  return text
    .replaceAll(server.url, 'http://CHANNEL')
    .replaceAll(new URL(server.url).host, 'CHANNEL')
    .replaceAll(home.directory, '/HOME')
    .replaceAll(TOOL.version, 'VERSION')
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'TIME')
    .replace(/ +$/gm, (spaces) => '·'.repeat(spaces.length));
}
