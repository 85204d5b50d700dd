@echo off
setlocal DisableDelayedExpansion
chcp 65001 >nul
rem Rollout, wave 1: update to 20 devices, starts Mon 2024-01-01 10:00 (UTC)
rem Expected end: Mon 2024-01-01 10:08 (10:08 to 10:08), when 95 per cent of the devices that will be successful are; median of 30 runs and its 95 per cent interval.
rem Worst case: Mon 2024-01-01 10:10, by when the last one is in 95 per cent of the runs.
scmd -update -to DE -inform 300 -once -at 01.01.2024 10:00:00
