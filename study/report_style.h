// The style of the report's page, and how causes are drawn on it.
#pragma once

extern const char report_style[];

struct report_cause { const char *name, *colour, *pattern; };
extern const struct report_cause report_causes[];
extern const int                 report_cause_count;
