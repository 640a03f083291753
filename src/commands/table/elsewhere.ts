/** A command of another tool that is none here. */
export interface ElsewhereCommand {
  readonly name: string;
  readonly tool: 'conda' | 'micromamba' | 'pixi';
  /** What does the same, or why nothing does: the hint of the error. */
  readonly instead: string;
}

/**
 * What conda, micromamba and pixi have and tconda has not under that name. Whoever calls it is told what does the same, or why
 * nothing does.
 */
export const ELSEWHERE: readonly ElsewhereCommand[] = [
  { name: 'completer', tool: 'micromamba', instead: 'Shells complete with: tconda completion bash' },
  {
    name: 'constructor',
    tool: 'micromamba',
    instead: 'Packages of an installer are linked with: tconda create -p <path> --offline --file <list>',
  },
  {
    name: 'ps',
    tool: 'micromamba',
    instead: 'What tconda run starts is a process like all others: the ps of the system lists it',
  },
  {
    name: 'self-update',
    tool: 'micromamba',
    instead: 'tconda is updated by what installed it, such as npm install -g tconda',
  },
  {
    name: 'self',
    tool: 'conda',
    instead: 'tconda is updated by what installed it, such as npm install -g tconda',
  },
  { name: 'content-trust', tool: 'conda', instead: 'Digests are checked always; signatures are not' },
  { name: 'pypi', tool: 'conda', instead: 'Packages of PyPI: tconda run -n <name> pip install <package>' },
  { name: 'build', tool: 'conda', instead: 'A folder is packed with: tconda package create' },
  { name: 'add', tool: 'pixi', instead: 'Packages are added with: tconda install <package>' },
  { name: 'global', tool: 'pixi', instead: 'A tool for all folders: tconda create -n <tool> <tool>' },
  { name: 'import', tool: 'pixi', instead: 'Files are read with: tconda env create -f <file>' },
  {
    name: 'lock',
    tool: 'pixi',
    instead: 'What is installed is written down with: tconda export --format explicit',
  },
  {
    name: 'project',
    tool: 'pixi',
    instead: 'Environments have no project; a folder names its own with: tconda local <environment>',
  },
  { name: 'publish', tool: 'pixi', instead: 'A folder becomes a channel with: tconda index <folder>' },
  {
    name: 'reinstall',
    tool: 'pixi',
    instead: 'Packages are linked anew with: tconda install --force-reinstall <package>',
  },
  {
    name: 'shell-hook',
    tool: 'pixi',
    instead: 'The code is printed by: tconda shell activate -s bash <environment>',
  },
  { name: 'task', tool: 'pixi', instead: 'There are no tasks; a program is run with: tconda run <program>' },
  { name: 'upload', tool: 'pixi', instead: 'A folder becomes a channel with: tconda index <folder>' },
  {
    name: 'workspace',
    tool: 'pixi',
    instead: 'Environments have no project; a folder names its own with: tconda local <environment>',
  },
];
