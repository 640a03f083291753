import { quotePosix } from './quote.ts';
import { SHELLS } from './shells.ts';
import type { Entering, StartFile } from './start-file.ts';

/** The start file of bash, zsh and POSIX sh: builtins only, and right under `set -eu`. */
export function formatPosixStart({ file, inputs, entering }: StartFile): string {
  const given = [...inputs.variables.keys()].map((name) => `\${${name}-}`).join('|');
  const expected = [...inputs.variables.values()].join('|');
  const own = quotePosix(file);
  const changed = [
    `[ "${given}" != ${quotePosix(expected)} ]`,
    ...inputs.present.map(quotePosix).flatMap((input) => [`[ ! -e ${input} ]`, `[ ! ${own} -nt ${input} ]`]),
    ...inputs.absent.map((input) => `[ -e ${quotePosix(input)} ]`),
  ];
  return `if ${changed.join(' ||\n    ')}; then
    __tconda_eval start 2>/dev/null || :
else
    :
${entering === undefined ? '' : enter(entering)}fi
`;
}

function enter(entering: Entering): string {
  const syntax = SHELLS.posix;
  const first = entering.pathEntries.join(':');
  const prompt =
    entering.modifier === ''
      ? []
      : [
          'case "${PS1-}" in',
          '    *POWERLINE_COMMAND*) ;;',
          `    *) PS1=${quotePosix(entering.modifier)}"\${PS1-}" ;;`,
          'esac',
        ];
  const lines = [
    ...entering.own.map(
      (name) => `if [ -n "\${${name}:-}" ]; then export __CONDA_SHLVL_0_${name}="$${name}"; fi`,
    ),
    ...[...entering.exports].map(([name, value]) => syntax.export(name, value)),
    'case ":${PATH-}:" in',
    `    */condabin:*) export PATH=${quotePosix(first)}"\${PATH:+:$PATH}" ;;`,
    `    *) export PATH=${quotePosix(`${first}:${entering.condabin}`)}"\${PATH:+:$PATH}" ;;`,
    'esac',
    ...prompt,
    ...entering.scripts.map(syntax.run),
  ];
  return lines.map((line) => `    ${line}\n`).join('');
}
