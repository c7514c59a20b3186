#include "app/interrupt.h"

#include <stddef.h>
#include <unistd.h>

// a signal handler has no other way to speak
volatile sig_atomic_t interrupted;

static void on_interrupt(int number) {
  (void)number;
  if (interrupted) _exit(130);
  interrupted = 1;
}

void interrupt_catch(void) {
  struct sigaction a = {.sa_handler = on_interrupt};
  sigemptyset(&a.sa_mask);
  sigaction(SIGINT, &a, NULL);
  sigaction(SIGTERM, &a, NULL);
}
