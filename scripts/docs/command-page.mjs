/**
 * The page of a command.
 * @param {readonly string[]} words
 * @param {any} spec
 * @param {any} globals
 */
export function commandPage(words, spec, globals) {
  const lines = [`# tconda ${words.join(' ')}`, '', `${spec.description ?? `${spec.summary}.`}`, ''];
  lines.push('```', usage(words, spec), '```', '');
  if (spec.examples !== undefined) lines.push('## Examples', '', '```sh', ...spec.examples, '```', '');
  for (const { heading, options } of [...spec.options, globals]) {
    const shown = options.filter((option) => option.hidden !== true);
    if (shown.length === 0) continue;
    lines.push(`## ${heading}`, '', '| option | meaning |', '| --- | --- |');
    for (const option of shown) lines.push(`| ${names(option)} | ${escape(meaning(option))} |`);
    lines.push('');
  }
  return lines.join('\n');
}

/**
 * The same for man.
 * @param {readonly string[]} words
 * @param {any} spec
 * @param {any} globals
 * @param {string} version
 */
export function manPage(words, spec, globals, version) {
  const name = ['tconda', ...words].join('-');
  const lines = [
    `.TH ${name.toUpperCase()} 1 "" "tconda ${version}" "tconda"`,
    '.SH NAME',
    `${roff(name)} \\- ${roff(spec.summary)}`,
    '.SH SYNOPSIS',
    `.B ${roff(usage(words, spec))}`,
    '.SH DESCRIPTION',
    roff(spec.description ?? `${spec.summary}.`),
  ];
  for (const { heading, options } of [...spec.options, globals]) {
    const shown = options.filter((option) => option.hidden !== true);
    if (shown.length === 0) continue;
    lines.push(`.SH ${roff(heading.toUpperCase())}`);
    for (const option of shown) {
      lines.push('.TP', `.B ${roff(spellings(option).join(', '))}`, roff(meaning(option)));
    }
  }
  if (spec.examples !== undefined) {
    lines.push('.SH EXAMPLES', '.nf', ...spec.examples.map(roff), '.fi');
  }
  return `${lines.join('\n')}\n`;
}

/**
 * The page of the program: what `man tconda` shows.
 * @param {readonly { path: readonly string[], spec: any }[]} commands
 * @param {any} globals
 * @param {any} tool
 */
export function programManPage(commands, globals, tool) {
  const lines = [
    `.TH TCONDA 1 "" "tconda ${tool.version}" "tconda"`,
    '.SH NAME',
    'tconda \\- package and environment manager for conda packages',
    '.SH SYNOPSIS',
    '.B tconda [options] COMMAND',
    '.SH DESCRIPTION',
    'Each command has a page of its own:',
    '.B man tconda\\-create',
    '.SH COMMANDS',
  ];
  for (const { path, spec } of commands) {
    lines.push('.TP', `.B ${roff(path.join(' '))}`, roff(`${spec.summary}.`));
  }
  lines.push(`.SH ${roff(globals.heading.toUpperCase())}`);
  for (const option of globals.options.filter((/** @type {any} */ each) => each.hidden !== true)) {
    lines.push('.TP', `.B ${roff(spellings(option).join(', '))}`, roff(meaning(option)));
  }
  return `${lines.join('\n')}\n`;
}

/**
 * @param {readonly string[]} words
 * @param {any} spec
 */
function usage(words, spec) {
  return ['tconda', ...words, '[options]', ...(spec.operands ?? [])].join(' ');
}

/** @param {any} option */
function spellings(option) {
  return [option.flags, ...(option.aliases ?? [])];
}

/** @param {any} option */
function names(option) {
  return spellings(option)
    .map((text) => `\`${text}\``)
    .join(', ');
}

/** @param {any} option */
function meaning(option) {
  const choices = option.choices === undefined ? '' : ` (${option.choices.join(', ')})`;
  const note = option.refused ?? option.noEffect;
  return `${option.description}${choices}${note === undefined ? '' : `; ${note}`}`;
}

/** @param {string} text */
function escape(text) {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}

/** @param {string} text */
function roff(text) {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/, '\\&$1');
}
