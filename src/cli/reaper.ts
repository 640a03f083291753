import { existsSync } from 'node:fs';
import path from 'node:path';

import type { CommandExec } from '../commands/command.ts';

/** `prctl` of Linux, by `process.arch`. */
const PRCTL: Readonly<Record<string, number>> = {
  x64: 157,
  arm64: 167,
  riscv64: 167,
  ppc64: 171,
  s390x: 172,
  ia32: 172,
  arm: 172,
};

/**
 * As process 1 we inherit every process that its parent left behind, and Node waits only for those it started: the rest
 * would stay as zombies. So a small program stands between, which takes them over (`PR_SET_CHILD_SUBREAPER`), waits for
 * them and passes signals on: Perl is on every Debian, Python in most environments. Without either it is the program
 * alone.
 */
export function withReaper(program: CommandExec): Pick<CommandExec, 'file' | 'args'> {
  const prctl = process.platform === 'linux' ? PRCTL[process.arch] : undefined;
  if (prctl === undefined) return program;
  const words = [program.file, ...program.args];
  const perl = findProgram('perl', program.env['PATH']);
  if (perl !== undefined) return { file: perl, args: ['-e', PERL, String(prctl), ...words] };
  const python = findProgram('python3', program.env['PATH']);
  return python === undefined ? program : { file: python, args: ['-I', '-S', '-c', PYTHON, ...words] };
}

function findProgram(name: string, search = ''): string | undefined {
  return search
    .split(path.delimiter)
    .filter((folder) => path.isAbsolute(folder))
    .map((folder) => path.join(folder, name))
    .find(existsSync);
}

const PERL = `
syscall(shift() + 0, 36, 1, 0, 0, 0);
my $child = fork() // exit 126;
if (!$child) {
    exec { $ARGV[0] } @ARGV;
    print STDERR "tconda: $ARGV[0]: $!\\n";
    exit($! == 2 ? 127 : 126);
}
for my $name (qw(TERM HUP USR1 USR2), -t STDIN ? () : qw(INT QUIT)) {
    $SIG{$name} = sub { kill $name, $child };
}
while (1) {
    my $ended = wait();
    next if $ended == -1 && $! == 4;
    next if $ended != $child && $ended != -1;
    my $signal = $? & 127;
    exit($signal ? 128 + $signal : $? >> 8);
}
`;

const PYTHON = `
import ctypes, os, signal, sys
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
child = os.fork()
if child == 0:
    try:
        os.execvp(sys.argv[1], sys.argv[1:])
    except OSError as error:
        sys.stderr.write('tconda: %s: %s\\n' % (sys.argv[1], error.strerror))
        os._exit(127 if error.errno == 2 else 126)
names = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] + ([] if os.isatty(0) else ['SIGINT', 'SIGQUIT'])
for name in names:
    signal.signal(getattr(signal, name), lambda number, _: os.kill(child, number))
while True:
    ended, status = os.wait()
    if ended == child:
        os._exit(128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status))
`;
