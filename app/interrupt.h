// Ctrl-C as a flag: the run stops at the next piece and prints what it has.
#pragma once

#include <signal.h>

// Set once SIGINT or SIGTERM came. A second one ends the program at once with exit code 130.
extern volatile sig_atomic_t interrupted;

void interrupt_catch(void);
