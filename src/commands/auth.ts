import { readFileSync } from 'node:fs';

import { TcondaError } from '../errors.ts';
import type { Credential } from '../io/auth.ts';
import { credentialsFile, loadStoredCredentials } from '../io/credential-files.ts';
import { Secret } from '../model/secret.ts';
import type { CommandSpec, OptionValues } from './command.ts';
import { removeLogin, saveLogin } from './logins.ts';
import { isOff, readText } from './option-values.ts';
import { loadSettings } from './settings.ts';

export const authLogin: CommandSpec = {
  summary: 'Keep a login for a server of channels',
  description:
    'Keeps a token, or a user and password, for a server. It lies in the keyring of the system when there is one, else in a ' +
    'file that only you can read. A secret given as - is read from stdin, so that it stands in no list of processes and in no ' +
    'history of your shell.',
  operands: ['<server>'],
  options: [
    {
      heading: 'Login',
      options: [
        {
          flags: '--token <token>',
          description: 'a bearer token; for anaconda.org a token that goes into the URL',
          aliases: ['--bearer'],
          conflicts: ['condaToken', 'username'],
        },
        {
          flags: '--conda-token <token>',
          description: 'a token that goes into the URL, as /t/<token>/',
          conflicts: ['username'],
        },
        { flags: '--username <name>', description: 'name for a login with password' },
        { flags: '--password <password>', description: 'password of that name' },
        {
          flags: '--s3-access-key-id <id>',
          description: 'for s3://<bucket>: which key signs requests',
          conflicts: ['token', 'condaToken', 'username'],
        },
        { flags: '--s3-secret-access-key <key>', description: 'the key that belongs to it' },
        { flags: '--s3-session-token <token>', description: 'of keys that are good for a while only' },
        { flags: '--no-keyring', description: 'use the file even when there is a keyring' },
      ],
    },
  ],
  examples: [
    'tconda auth login prefix.dev --token -',
    'tconda auth login https://conda.example.com/private --username me --password -',
    'tconda auth login s3://bucket --s3-access-key-id AKIA --s3-secret-access-key -',
  ],
  async run([server = ''], options, context) {
    const at = parsePlace(server);
    const credential = readCredential(at, options);
    const place = await saveLogin(context.host, at, credential, { useKeyring: !isOff(options, 'keyring') });
    return {
      kind: 'output',
      json: { success: true, server: at, kind: credential.kind, stored: place },
      lines: [`The login for ${at} is in ${place}`],
    };
  },
};

export const authLogout: CommandSpec = {
  summary: 'Forget a login',
  operands: ['<server>'],
  options: [],
  examples: ['tconda auth logout prefix.dev'],
  async run([server = ''], _options, context) {
    const at = parsePlace(server);
    if (!(await removeLogin(context.host, at))) {
      throw new TcondaError('INVALID_VALUE', `tconda keeps no login for ${at}`, {
        hint: 'List logins: tconda auth status',
      });
    }
    return {
      kind: 'output',
      json: { success: true, server: at },
      lines: [`Forgot the login for ${at}`],
    };
  },
};

export const authStatus: CommandSpec = {
  summary: 'List logins, without their secrets',
  examples: ['tconda auth status --json'],
  description: 'Lists the logins that requests may use: those of tconda, rattler, mamba and anaconda-client.',
  options: [],
  async run(_operands, options, context) {
    const { host } = context;
    const config = await loadSettings(options, context);
    const stored = loadStoredCredentials({ ...host, anacondaTokens: config.get('add_anaconda_token') });
    for (const warning of stored.warnings) context.warn(`warning: ${warning}`);
    const logins = stored.entries.map((entry): Login => {
      if ('kind' in entry) return { server: entry.at, kind: 'keyring' };
      const { credential } = entry;
      if (typeof credential === 'function') return { server: entry.at, kind: 'keyring' };
      return {
        server: entry.at,
        kind: credential.kind,
        ...(credential.kind === 'basic' && { user: credential.user }),
      };
    });
    const lines = logins.map(({ server, kind, user }) =>
      [server, KINDS.get(kind) ?? kind, ...(user === undefined ? [] : [`of ${user}`])].join(' '),
    );
    return {
      kind: 'output',
      json: { file: credentialsFile(host), logins, netrc: stored.netrc !== undefined },
      lines: [
        ...(lines.length === 0 ? ['No logins'] : lines),
        ...(stored.netrc === undefined ? [] : ['Logins of .netrc are used, too']),
      ],
    };
  },
};

interface Login {
  readonly server: string;
  readonly kind: string;
  readonly user?: string;
}

const KINDS: ReadonlyMap<string, string> = new Map([
  ['token', 'token in the URL'],
  ['bearer', 'bearer token'],
  ['basic', 'password'],
  ['s3', 'keys of S3'],
  ['keyring', 'in the keyring'],
]);

/** `https://host/path`, `host/path`, `*.domain`; a secret in it would end up on the screen. */
function parsePlace(text: string): string {
  const bare = text.replace(/\/+$/, '');
  const withScheme = bare.includes('://') ? bare : `https://${bare.replace(/^\*\./, '')}`;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined;
  if (
    url === undefined ||
    url.hostname === '' ||
    url.username !== '' ||
    url.password !== '' ||
    url.search !== ''
  ) {
    throw new TcondaError('USAGE', 'The server is to be a host, or a URL without user and password');
  }
  return bare;
}

/** These know no bearer tokens. */
const CONDA_TOKEN_HOSTS = /(?:^|\.)anaconda\.(?:org|cloud|com)$/;

function readCredential(at: string, options: OptionValues): Credential {
  const secretOf = (key: string): Secret | undefined => {
    const text = readText(options, key);
    const value = text === '-' ? readFileSync(0, 'utf8').trim() : text;
    if (value === '')
      throw new TcondaError(
        'USAGE',
        `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} is empty`,
      );
    return value === undefined ? undefined : new Secret(value);
  };
  const host = new URL(at.includes('://') ? at : `https://${at.replace(/^\*\./, '')}`).hostname;
  const condaToken = secretOf('condaToken');
  if (condaToken) return { kind: 'token', token: condaToken };
  const token = secretOf('token');
  if (token) return { kind: CONDA_TOKEN_HOSTS.test(host) ? 'token' : 'bearer', token };
  const user = readText(options, 'username');
  const password = secretOf('password');
  if (user !== undefined && password) return { kind: 'basic', user, password };
  const accessKeyId = readText(options, 's3AccessKeyId');
  const secretAccessKey = secretOf('s3SecretAccessKey');
  const sessionToken = secretOf('s3SessionToken');
  if (accessKeyId !== undefined && secretAccessKey) {
    if (!at.startsWith('s3://')) throw new TcondaError('USAGE', 'Keys of S3 are for a place s3://<bucket>');
    return { kind: 's3', keys: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) } };
  }
  throw new TcondaError(
    'USAGE',
    'Give --token, --conda-token, --username and --password, or --s3-access-key-id and --s3-secret-access-key',
  );
}
