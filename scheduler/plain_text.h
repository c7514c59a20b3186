// Instance files are plain text, whatever their format.
#pragma once

#include <stddef.h>

#include "base/status.h"

// Passes over a byte order mark of UTF-8. A byte of 0 in the text is refused with its line and column.
enum status plain_text(const char *file, const char **text, size_t *size, struct error *e);
