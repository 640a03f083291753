/**
 * @param {Record<string, { conda: string, hint?: string, exitCode?: number }>} errors
 */
export function exitCodePage(errors) {
  const rows = Object.entries(errors)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { conda, exitCode }]) => `| \`${code}\` | \`${conda}\` | ${exitCode ?? 1} |`);
  return `# Exit codes

| code | meaning |
| --- | --- |
| 0 | done, also when there was nothing to do; after \`--dry-run\`, \`--download-only\`, and a question answered with no |
| 1 | failed; nothing is half done. Also what \`compare\`, \`diff\`, \`outdated\`, \`owns\` and \`package verify\` say when they find a difference |
| 2 | the command line can't be understood |
| 126, 127 | \`run\`, \`exec\`, \`shell\`: the program can't be started, or is not there |
| 130 | interrupted by Ctrl-C, SIGTERM or SIGHUP |
| other | \`run\`, \`exec\`, \`shell\` and commands of others: that of the program; 128 and the signal's number if a signal ended it |

## Questions

Without a terminal nobody is asked, and nothing is read from a pipe or file, which may be the rest of a script:

- What takes away something that may not come back (\`remove\`, \`env remove\`, \`create\` over an environment, \`clean\`,
  \`package --reset\`) fails with \`CONFIRMATION_NEEDED\` and leaves everything as it is, unless \`-y\`, \`always_yes\` or
  \`CONDA_ALWAYS_YES\` says yes. \`yes | tconda remove …\` is \`tconda remove -y …\`.
- All else goes on.
- \`--json\` is a yes, as in conda, whose programs count on it; \`--dry-run\` needs none.

## Errors

With \`--json\` a failure is one JSON object on stdout (\`docs/json/error.schema.json\`): \`exception_name\` is the name that conda
has for it, \`code\` the one that is its own, \`hint\` what to do.

| \`code\` | \`exception_name\` | exit code |
| --- | --- | --- |
${rows.join('\n')}
`;
}
