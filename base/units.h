// Quantities as people write them: "3 s", "46mm", "25 %", "2 kWh", "12 /h". Inside all is SI.
#pragma once

#include <stddef.h>

enum dimension {
  DIM_NUMBER,                       // plain number, no unit
  DIM_TIME,                         // s     ms s min h d
  DIM_LENGTH,                       // m     mm cm m
  DIM_MASS,                         // kg    g kg t
  DIM_POWER,                        // W     W kW
  DIM_ENERGY,                       // J     J Wh kWh
  DIM_FORCE,                        // N
  DIM_SPEED,                        // m/s   m/s km/h
  DIM_SHARE,                        // 1     %
  DIM_RATE,                         // 1/s   /min /h (also /s)
  DIM_ANGLE                         // deg   degrees at the border; no unit written
};

// What is wrong with a quantity, or NULL. *value is the SI value (degrees for angles). text need
// not end in zero. A bare number is SI. NaN, infinities, hex and trailing text are refused.
const char *quantity_read(const char *text, size_t size, enum dimension d, double *value);

// "s", "m", "kg" ... for messages; "" for DIM_NUMBER. And the list of accepted units.
const char *dimension_unit(enum dimension d);
const char *dimension_units_help(enum dimension d);           // "ms, s, min, h or d"
