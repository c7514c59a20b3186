// The sub-commands of `takt`, one file each. argv[0] is the command's own name; the answer is the exit code:
// 0 ok, 1 a goal not met, a check failed or a deadlock, 2 usage, 3 layout or model invalid,
// 4 input/output, 5 internal fault, 130 interrupted.
#pragma once

#define TAKT_VERSION "0.1.0"

int command_run(int argc, char **argv);
int command_sweep(int argc, char **argv);
int command_compare(int argc, char **argv);
int command_check(int argc, char **argv);
int command_live(int argc, char **argv);
int command_view(int argc, char **argv);
int command_replay(int argc, char **argv);
int command_validate(int argc, char **argv);
int command_schedule(int argc, char **argv);
int command_traffic(int argc, char **argv);
int command_bench(int argc, char **argv);
int command_robot(int argc, char **argv);
