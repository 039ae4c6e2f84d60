@echo off
rem Sets everything up and opens the chapters in JupyterLab, or runs them here: machine\lab.py.
setlocal
if defined LOWERBOUND_PYTHON (set "PYTHON=%LOWERBOUND_PYTHON%") else (set "PYTHON=py -3")
%PYTHON% -c "import sys; sys.exit(sys.version_info < (3, 10))" >nul 2>nul
if errorlevel 1 (
  echo Python is missing, or older than 3.10. Install it: winget install Python.Python.3.12 1>&2
  exit /b 1
)
%PYTHON% -B "%~dp0machine" lab %*
