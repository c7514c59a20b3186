// The half of `takt schedule` that balances assembly lines (.alb).
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct line_order {
  int64_t takt, stations;           // the one that is given; 0: not
  bool  (*stop)(void *context);
  void   *context;
  bool    json;
};

// Read, balance, print. Returns the exit code.
int schedule_line(const char *file, const char *text, size_t size, const struct line_order *o);
