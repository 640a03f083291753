/**
 * Options that are taken without effect, and those that are refused, with their reasons.
 * @param {readonly { path: readonly string[], spec: any }[]} commands
 * @param {any} globals
 */
export function optionTables(commands, globals) {
  const all = [
    ...globals.options.map((option) => ({ command: 'all', option })),
    ...commands.flatMap(({ path, spec }) =>
      spec.options.flatMap(({ options }) => options.map((option) => ({ command: path.join(' '), option }))),
    ),
  ];
  return [
    '## Options without effect',
    '',
    'They are taken, so that scripts of conda go on to work, and noted with `-v`.',
    '',
    table(all, 'noEffect'),
    '',
    '## Options that are refused',
    '',
    'To pass over them would be to do something else than was asked for.',
    '',
    table(all, 'refused'),
  ].join('\n');
}

/**
 * @param {readonly { command: string, option: any }[]} all
 * @param {'noEffect' | 'refused'} key
 */
function table(all, key) {
  /** @type {Map<string, string[]>} */
  const rows = new Map();
  for (const { command, option } of all) {
    if (option[key] === undefined) continue;
    const names = [...(option.flags.match(/(?<![\w-])--?[\w-]+/g) ?? []), ...(option.aliases ?? [])];
    const row = `${names.map((name) => `\`${name}\``).join(', ')} | ${option[key]}`;
    rows.set(row, [...(rows.get(row) ?? []), command]);
  }
  const lines = [...rows]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([row, commands]) => `| ${row} | ${commands.join(', ')} |`);
  return ['| option | reason | commands |', '| --- | --- | --- |', ...lines].join('\n');
}

/**
 * Settings that are taken without effect, with their reasons.
 * @param {Readonly<Record<string, { aliases: readonly string[], noEffect?: string }>>} settings
 */
export function settingTable(settings) {
  const rows = Object.entries(settings)
    .filter(([, { noEffect }]) => noEffect !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([key, { aliases, noEffect }]) =>
        `| ${[key, ...aliases].map((name) => `\`${name}\``).join(', ')} | ${noEffect} |`,
    );
  return [
    '## Settings without effect',
    '',
    'They may stand in any `.condarc`; `config --describe` says so too.',
    '',
    '| key | reason |',
    '| --- | --- |',
    ...rows,
  ].join('\n');
}

/**
 * Commands that other tools have, and what does their work here.
 * @param {readonly { name: string, tool: string, instead: string }[]} commands
 */
export function elsewhereTable(commands) {
  return [
    '## Commands of other tools',
    '',
    'Those that are not here under their name say in one line what does the same, and end with 2.',
    '',
    '| command | of | here |',
    '| --- | --- | --- |',
    ...commands
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, tool, instead }) => `| \`${name}\` | ${tool} | ${instead.replaceAll('<', '&lt;')} |`),
  ].join('\n');
}
