import { lacks, names, type Scene, type Seen, type SettingEffect } from './effect.ts';

function isJson({ stdout }: Seen): boolean {
  try {
    JSON.parse(stdout);
    return true;
  } catch {
    return false;
  }
}

/** Settings about what is shown and activated. */
export function outputEffects({ prefix }: Scene): readonly SettingEffect[] {
  const list = ['list', '-n', 'env'];
  const activate = ['shell.posix', 'activate', prefix('env')];
  const hook = ['shell.posix', 'hook'];
  const clean = ['clean', '--all', '--dry-run'];
  const itemised = names('\n  cache (');
  return [
    { key: 'json', rc: 'json: true', args: list, shows: isJson },
    { key: 'console', rc: 'console: json', args: list, shows: isJson },
    {
      key: 'quiet',
      rc: 'quiet: true\nno_such_key: 1',
      without: 'no_such_key: 1',
      args: ['config', '--show', 'offline'],
      shows: ({ stderr }) => stderr === '',
    },
    { key: 'verbosity', rc: 'verbosity: 1', args: clean, shows: itemised },
    { key: 'debug', rc: 'debug: true', args: clean, shows: itemised },
    { key: 'trace', rc: 'trace: true', args: clean, shows: itemised },
    {
      key: 'show_channel_urls',
      rc: 'show_channel_urls: true',
      without: 'show_channel_urls: false',
      args: list,
      shows: names('http://'),
    },
    { key: 'list_fields', rc: 'list_fields: [name, version]', args: list, shows: lacks('Build') },
    {
      key: 'auto_activate',
      rc: 'auto_activate: false\ndefault_activation_env: env',
      without: 'default_activation_env: env',
      args: hook,
      shows: lacks("activate 'env'"),
    },
    {
      key: 'default_activation_env',
      rc: 'default_activation_env: env',
      args: hook,
      shows: names("activate 'env'"),
    },
    {
      key: 'auto_stack',
      rc: 'auto_stack: 1',
      args: activate,
      env: { CONDA_SHLVL: '1', CONDA_PREFIX: prefix('dated') },
      shows: names('CONDA_STACKED_2'),
    },
    {
      key: 'changeps1',
      rc: 'changeps1: false',
      args: activate,
      env: { PS1: '$ ' },
      shows: lacks('PS1='),
    },
    {
      key: 'env_prompt',
      rc: "env_prompt: '<{name}>'",
      args: activate,
      env: { PS1: '$ ' },
      shows: names('<env>'),
    },
  ];
}
