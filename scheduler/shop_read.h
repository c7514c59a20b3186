// Job shop instances in the standard text formats.
//
//   .jsp   "jobs machines", then one line a job of (machine, time) pairs               Taillard, JSPLIB
//   .fjs   "jobs machines [alternatives a machine on average]", then one line a job: operations, then for
//          each: alternatives, then (machine, time) pairs                              Brandimarte, Hurink
//
// Plain text (scheduler/plain_text.h). Machines count from 0. Blank lines and lines that begin with # are skipped. Times are whole numbers of
// 0 or more ("7.0" is 7). The text is hostile until checked: nothing is allocated by a declared count, and
// the first fault is reported with line, column and reason.
#pragma once

#include <stddef.h>

#include "base/status.h"
#include "scheduler/shop.h"

// The name's ending decides: ".fjs" or else ".jsp". On any status but STATUS_OK *e says why and *s is empty.
enum status shop_read(struct shop *s, const char *file, const char *text, size_t size, struct error *e);
