import { quoteCsh } from './quote.ts';
import { SHELLS } from './shells.ts';
import type { Entering, StartFile } from './start-file.ts';

/** The start file of tcsh: builtins only. */
export function formatCshStart({ file, inputs, entering }: StartFile): string {
  const own = quoteCsh(file);
  const expected = [...inputs.variables].map(([name, value]) => (value === '' ? '' : `${name}=${value}|`));
  const given = [...inputs.variables.keys()].map(
    (name) => `if ($?${name}) then
    if ("$${name}:q" != "") set _tconda_given = "$_tconda_given:q${name}=$${name}:q|"
endif
`,
  );
  const present = inputs.present.map(quoteCsh).map(
    (input) => `if (! -e ${input}) then
    set _tconda_old = 1
else if (-M ${input} >= -M ${own}) then
    set _tconda_old = 1
endif
`,
  );
  const absent = inputs.absent.map((input) => `if (-e ${quoteCsh(input)}) set _tconda_old = 1\n`);
  return `set _tconda_old = 0
set _tconda_given = ""
${given.join('')}if ("$_tconda_given:q" != ${quoteCsh(expected.join(''))}) set _tconda_old = 1
unset _tconda_given
${present.join('')}${absent.join('')}if ($_tconda_old) then
    unset _tconda_old
    __tconda_eval start
else
    unset _tconda_old
${entering === undefined ? '' : enter(entering)}endif
`;
}

function enter(entering: Entering): string {
  const syntax = SHELLS.csh;
  const first = entering.pathEntries.join(':');
  const lines = [
    ...entering.own.flatMap((name) => [
      `if ($?${name}) then`,
      `    if ("$${name}:q" != "") setenv __CONDA_SHLVL_0_${name} "$${name}:q"`,
      'endif',
    ]),
    ...[...entering.exports].map(([name, value]) => syntax.export(name, value)),
    'if ("$PATH:q" =~ */condabin || "$PATH:q" =~ */condabin:*) then',
    `    setenv PATH ${quoteCsh(`${first}:`)}"$PATH:q"`,
    'else',
    `    setenv PATH ${quoteCsh(`${first}:${entering.condabin}:`)}"$PATH:q"`,
    'endif',
    ...(entering.modifier === ''
      ? []
      : [
          'if ($?prompt) then',
          `    if ("$prompt:q" !~ *POWERLINE_COMMAND*) set prompt = ${quoteCsh(entering.modifier)}"$prompt:q"`,
          'endif',
        ]),
    ...entering.scripts.map(syntax.run),
  ];
  return lines.map((line) => `    ${line}\n`).join('');
}
