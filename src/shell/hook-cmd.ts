import type { Hook, HookOptions } from './hook.ts';

/**
 * The hook of cmd.exe: a batch file that stands on PATH under the program's name. It calls the program, and for
 * `activate` reads the file of `NAME=VALUE` lines that the program wrote.
 */
export function hookCmd({ command, names, folder, condabin }: HookOptions): Hook {
  const program = command.map((word) => `"${inBatch(word)}"`).join(' ');
  const run = `@ECHO OFF
IF /I "%~1"=="activate" GOTO :EVAL
IF /I "%~1"=="deactivate" GOTO :EVAL
${program} %*
IF ERRORLEVEL 1 EXIT /B %ERRORLEVEL%
FOR %%C IN (install update upgrade remove uninstall) DO IF /I "%~1"=="%%C" GOTO :REACTIVATE
EXIT /B 0

:REACTIVATE
CALL "%~dp0tconda-eval.bat" reactivate
EXIT /B %ERRORLEVEL%

:EVAL
CALL "%~dp0tconda-eval.bat" %*
EXIT /B %ERRORLEVEL%
`;
  const evaluate = `@SET "_TCONDA_FILE="
@FOR /F "usebackq delims=" %%F IN (\`CALL ${command.map((word) => `"${inBatch(word)}"`).join(' ')} shell.cmd.exe %*\`) DO @SET "_TCONDA_FILE=%%F"
@IF NOT DEFINED _TCONDA_FILE @EXIT /B 2
@IF NOT EXIST "%_TCONDA_FILE%" @EXIT /B 3
@FOR /F "usebackq tokens=1,* delims==" %%A IN ("%_TCONDA_FILE%") DO @(
    IF "%%A"=="_CONDA_SCRIPT" ( CALL "%%B" ) ELSE ( SET "%%A=%%B" )
)
@DEL /F /Q "%_TCONDA_FILE%"
@SET "_TCONDA_FILE="
@EXIT /B 0
`;
  const text = `@IF NOT DEFINED CONDA_SHLVL @SET "PATH=${inBatch(condabin)};%PATH%"
@IF NOT DEFINED CONDA_SHLVL @SET "CONDA_SHLVL=0"
${names.map((name) => `@DOSKEY ${name}="${inBatch(`${folder}\\tconda-run.bat`)}" $*\n`).join('')}`;
  return {
    text,
    files: new Map([
      ['tconda-run.bat', crlf(run)],
      ['tconda-eval.bat', crlf(evaluate)],
    ]),
  };
}

/** `%` begins a variable in a batch file, also in quotes. */
function inBatch(text: string): string {
  return text.replaceAll('%', '%%');
}

function crlf(text: string): string {
  return text.replaceAll('\n', '\r\n');
}
