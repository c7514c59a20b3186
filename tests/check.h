// What every test file includes: cmocka, and checks that print both sides.
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

// How often something is repeated: under the sanitizers, which are there for the code that runs and take five times as long, and in the plain build, which is there for the numbers.
#ifdef __SANITIZE_ADDRESS__
#define REPEATS(sanitized, plain) (sanitized)
#else
#define REPEATS(sanitized, plain) (plain)
#endif

// |a - b| <= tolerance; NaN fails.
#define CHECK_NEAR(a, b, tolerance)                                                             \
  do {                                                                                          \
    double check_a = (a), check_b = (b), check_tolerance = (tolerance);                         \
    double check_apart = check_a > check_b ? check_a - check_b : check_b - check_a;             \
    if (!(check_apart <= check_tolerance || check_a == check_b))                                \
      fail_msg("%s = %.17g, %s = %.17g, %.3g apart, %.3g allowed", #a, check_a, #b, check_b,    \
               check_apart, check_tolerance);                                                   \
  } while (0)

// a op b for whole numbers, with both values in the message: CHECK(count, ==, 3).
#define CHECK(a, op, b)                                                                         \
  do {                                                                                          \
    long long check_a = (long long)(a), check_b = (long long)(b);                               \
    if (!(check_a op check_b)) fail_msg("%s %s %s: %lld, %lld", #a, #op, #b, check_a, check_b); \
  } while (0)

// The text has the part in it.
#define CHECK_HAS(text, part)                                                                   \
  do {                                                                                          \
    const char *check_text = (text), *check_part = (part);                                      \
    if (check_text == NULL || __builtin_strstr(check_text, check_part) == NULL)                 \
      fail_msg("'%s' is not in '%s'", check_part, check_text ? check_text : "(null)");          \
  } while (0)

// a op b for numbers, both shown
#define ORDER(a, op, b)                                                                           \
  do {                                                                                            \
    double order_a = (double)(a), order_b = (double)(b);                                          \
    if (!(order_a op order_b)) fail_msg("%s %s %s: %.6g, %.6g", #a, #op, #b, order_a, order_b);  \
  } while (0)
