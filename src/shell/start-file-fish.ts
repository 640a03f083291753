import { quoteFish } from './quote.ts';
import { SHELLS } from './shells.ts';
import type { Entering, StartFile } from './start-file.ts';

/** The start file of fish: builtins only. */
export function formatFishStart({ file, inputs, entering }: StartFile): string {
  const given = [...inputs.variables.keys()].map((name) => `$${name}`).join('|');
  const expected = [...inputs.variables.values()].join('|');
  const own = quoteFish(file);
  const changed = [
    `test "${given}" != ${quoteFish(expected)}`,
    ...inputs.present
      .map(quoteFish)
      .flatMap((input) => [`not test -e ${input}`, `not test ${own} -nt ${input}`]),
    ...inputs.absent.map((input) => `test -e ${quoteFish(input)}`),
  ];
  return `if ${changed.join('\n    or ')}
    __tconda_eval start 2>/dev/null
else
    true
${entering === undefined ? '' : enter(entering)}end
`;
}

function enter(entering: Entering): string {
  const syntax = SHELLS.fish;
  const first = entering.pathEntries.map(quoteFish).join(' ');
  const lines = [
    ...entering.own.flatMap((name) => [
      `if test -n "$${name}"`,
      `    set -gx __CONDA_SHLVL_0_${name} "$${name}"`,
      'end',
    ]),
    ...[...entering.exports].map(([name, value]) => syntax.export(name, value)),
    "if string match -q '*/condabin' -- $PATH",
    `    set -gx PATH ${first} $PATH`,
    'else',
    `    set -gx PATH ${first} ${quoteFish(entering.condabin)} $PATH`,
    'end',
    ...entering.scripts.map(syntax.run),
  ];
  return lines.map((line) => `    ${line}\n`).join('');
}
