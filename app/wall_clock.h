// The clock on the wall: for load_s, wall_s and progress; never for the twin.
#pragma once

// Seconds that only go forward.
double wall_clock(void);
