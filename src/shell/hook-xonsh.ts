import type { HookOptions } from './hook.ts';
import { quotePython } from './quote.ts';

/** The hook of xonsh: an alias that is a Python function. The prompt shows the modifier by a field of its own. */
export function hookXonsh({ command, names, condabin }: HookOptions): string {
  const program = command.map(quotePython).join(', ');
  return `def _tconda_define():
    import json, os, subprocess
    from pathlib import Path
    program = [${program}]

    def environment():
        given = __xonsh__.env.detype()
        return {name: text for name, text in given.items() if isinstance(text, str)}

    def evaluate(args, stderr=None):
        done = subprocess.run([${command.map(quotePython).join(', ')}, 'shell.xonsh', *args], stdout=subprocess.PIPE, stderr=stderr, env=environment(), text=True)
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

    # With the file that enters the environment of new shells. One that was started within an environment stays in it.
    def start(file):
        env = __xonsh__.env
        given = environment()
        if given.get('CONDA_PREFIX') and given.get('CONDA_SHLVL', '0') not in ('', '0'):
            folder = os.path.join(given['CONDA_PREFIX'], 'bin')
            if folder not in list(env['PATH']):
                env['PATH'].insert(0, folder)
            return
        # Left behind by an environment that was left; it comes back with the next.
        if given.get('CONDA_EXE') and given['CONDA_EXE'] == given.get('TCONDA_EXE'):
            del env['CONDA_EXE'], given['CONDA_EXE']
        try:
            with open(file, encoding='utf-8') as opened:
                data = json.load(opened)
            made = os.stat(file).st_mtime_ns
            is_old = data['ask'] or any(
                given.get(name, '') != text for name, text in data['variables'].items()
            ) or any(os.stat(input).st_mtime_ns >= made for input in data['present']) or any(
                os.path.exists(input) for input in data['absent']
            )
        except (OSError, ValueError, KeyError):
            is_old = True
        if is_old:
            evaluate(['start'], stderr=subprocess.DEVNULL)
            return
        enter = data['enter']
        if enter is None:
            return
        for name in enter['own']:
            if given.get(name):
                env['__CONDA_SHLVL_0_' + name] = given[name]
        for name, text in enter['exports'].items():
            env[name] = text
        has_condabin = any(os.path.basename(folder) == 'condabin' for folder in list(env['PATH']))
        folders = enter['pathEntries'] + ([] if has_condabin else [enter['condabin']])
        env['PATH'][:0] = folders

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
    aliases['__tconda_start'] = lambda args, stdin=None: start(args[0])
    if __xonsh__.env.get('XONSH_INTERACTIVE'):
        events.on_chdir(lambda olddir, newdir, **_: look())
        look()

if 'CONDA_SHLVL' not in \${...}:
    $CONDA_SHLVL = '0'
    if not any(str(folder).endswith('/condabin') for folder in $PATH):
        $PATH.insert(0, ${quotePython(condabin)})
_tconda_define()
del _tconda_define
if $XONSH_INTERACTIVE:
    $PROMPT_FIELDS['env_name'] = lambda: \${...}.get('CONDA_PROMPT_MODIFIER', '')
`;
}
