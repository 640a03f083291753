import type { LoadedConfig } from '../config/index.ts';
import type { Host } from '../host/index.ts';
import {
  type ActivationSettings,
  type EnvironmentState,
  loadEnvironment,
  type ShellState,
} from '../shell/index.ts';
import type { Context } from './command.ts';

/** What answering a shell function needs of the outside. */
export type ShellContext = Pick<Context, 'host' | 'warn' | 'ask'>;

/** What the settings say of activation, and who we are. */
export function activationSettings(config: LoadedConfig, host: Host): ActivationSettings {
  return {
    rootPrefix: config.get('root_prefix'),
    changePs1: config.get('changeps1'),
    envPrompt: config.get('env_prompt'),
    clientVariables: clientVariables(config, host),
  };
}

/** The process's own environment, as the state of the shell that called it. */
export function shellStateOf(host: Host, promptVariable: string | undefined): ShellState {
  return { platform: platformOf(host), env: host.env, promptVariable };
}

/** What lies in the environment at `prefix` that activation heeds. */
export function loadState(prefix: string, config: LoadedConfig, host: Host): EnvironmentState {
  return loadEnvironment(prefix, {
    platform: platformOf(host),
    forceUppercase: config.get('envvars_force_uppercase'),
  });
}

/** Tools find the client in these. conda's own are left to a conda whose shell this is. */
export function clientVariables(config: LoadedConfig, host: Host): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  if (host.program === undefined) return variables;
  variables.set('TCONDA_EXE', host.program);
  const conda = host.env['CONDA_EXE'];
  if (conda === undefined || conda === '' || conda === host.program) {
    variables.set('CONDA_EXE', host.program);
    variables.set('_CONDA_EXE', host.program);
    variables.set('_CONDA_ROOT', config.get('root_prefix'));
  }
  return variables;
}

function platformOf(host: Host): ShellState['platform'] {
  return host.platform === 'win32' ? 'windows' : 'unix';
}
