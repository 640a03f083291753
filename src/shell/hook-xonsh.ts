import type { HookOptions } from './hook.ts';
import { quotePython } from './quote.ts';

/** The hook of xonsh: an alias that is a Python function. The prompt shows the modifier by a field of its own. */
export function hookXonsh({ command, answer, names }: HookOptions): string {
  const program = command.map(quotePython).join(', ');
  return `def _tconda_define():
    import os, subprocess
    from pathlib import Path
    program = [${program}]

    def environment():
        given = __xonsh__.env.detype()
        return {name: text for name, text in given.items() if isinstance(text, str)}

    def evaluate(args):
        done = subprocess.run([${answer.map(quotePython).join(', ')}, 'shell.xonsh', *args], stdout=subprocess.PIPE, env=environment(), text=True)
        if done.returncode == 0 and done.stdout.strip():
            __xonsh__.execer.exec(done.stdout, glbs=__xonsh__.ctx, filename='tconda')
        return done.returncode

    def look(**_):
        folder = Path(os.getcwd())
        found = ''
        for place in (folder, *folder.parents):
            for name in ('.tconda-env', '.python-version'):
                if not found and (place / name).is_file():
                    found = str(place / name)
            if found:
                break
        if found != __xonsh__.env.get('_TCONDA_AUTO_FILE', ''):
            evaluate(['auto', found])

    def tconda(args, stdin=None):
        args = list(args)
        first = args[0] if args else ''
        if first in ('activate', 'deactivate'):
            return evaluate(args)
        code = subprocess.run([*program, *args], env=environment()).returncode
        if code == 0 and first in ('install', 'update', 'upgrade', 'remove', 'uninstall'):
            return evaluate(['reactivate'])
        if code == 0 and first == 'local':
            __xonsh__.env.pop('_TCONDA_AUTO_FILE', None)
            look()
        return code

    for name in (${names.map((name) => `${quotePython(name)},`).join(' ')}):
        aliases[name] = tconda
    if __xonsh__.env.get('XONSH_INTERACTIVE'):
        events.on_chdir(lambda olddir, newdir, **_: look())
        look()

if 'CONDA_SHLVL' not in \${...}:
    $CONDA_SHLVL = '0'
_tconda_define()
del _tconda_define
if $XONSH_INTERACTIVE:
    $PROMPT_FIELDS['env_name'] = lambda: \${...}.get('CONDA_PROMPT_MODIFIER', '')
`;
}
