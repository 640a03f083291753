/** What stands below a new environment. */
export function formatActivationHint(nameOrPrefix: string): readonly string[] {
  const shown = nameOrPrefix.includes(' ') ? `"${nameOrPrefix}"` : nameOrPrefix;
  return [
    '#',
    '# To activate this environment, use',
    '#',
    `#     $ tconda activate ${shown}`,
    '#',
    '# To deactivate an active environment, use',
    '#',
    '#     $ tconda deactivate',
    '',
  ];
}
