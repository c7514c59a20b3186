// The arithmetic of a drive's tick over a number type: a double, or 4 or 8 of them, one robot a lane. No branches, and the
// same operations in the same order at every width, so each lane has the scalar result's bits.
//
// Included once for each width, with LANES (1, 4, 8) and KERNEL(name), the name with the width in it, defined. For LANES 1 it is
// also actuator_power (robots/actuator.c).

#define NUMBER KERNEL(number)
#if LANES == 1
  typedef double NUMBER;
  #define TARGET
  #define SELECT(mask, a, b) ((mask) ? (a) : (b))
  #define ABSOLUTE(x)        __builtin_fabs(x)
#else
  typedef double    NUMBER __attribute__((vector_size(8 * LANES)));
  typedef long long KERNEL(bits) __attribute__((vector_size(8 * LANES)));
  #if LANES == 4
    #define TARGET __attribute__((target("avx2")))
  #else
    #define TARGET __attribute__((target("avx512f")))
  #endif
  #define SELECT(mask, a, b) ((NUMBER)(((KERNEL(bits))(mask) & (KERNEL(bits))(a)) | (~(KERNEL(bits))(mask) & (KERNEL(bits))(b))))
  #define ABSOLUTE(x)        ((NUMBER)((KERNEL(bits))(x) & 0x7fffffffffffffffll))
#endif
#define SPLAT(x) ((x) - (NUMBER){0})            // x in every lane; minus keeps the sign of a zero

struct KERNEL(power) { NUMBER electrical, mechanical, copper, gear, friction, inverter, rotor, motor_torque; };

static inline TARGET __attribute__((always_inline)) void KERNEL(drive)(struct KERNEL(power) *p, const struct actuator *a, const NUMBER *restrict load,
                                                                      const NUMBER *restrict speed, const NUMBER *restrict acceleration, const NUMBER *restrict warm) {
  const NUMBER tau = *load, w = *speed, zero = {0};
  const double forward = 1 / a->forward, copper = 1 / (a->km * a->km);

  // moving: friction is added, then the gear takes its share from whoever drives
  NUMBER coulomb = SELECT(w > zero, SPLAT(a->coulomb), SELECT(w < zero, SPLAT(-a->coulomb), zero));
  NUMBER against = coulomb + a->viscous * w, output = tau + against;
  NUMBER moving = output * SELECT(output * w >= zero, SPLAT(forward), SPLAT(a->backward));

  // standing: static friction holds up to its own size; blended in below ACTUATOR_HOLD_SPEED, so that power has no step
  NUMBER held = ABSOLUTE(tau) * a->backward - a->coulomb, share = ABSOLUTE(w) * (1 / ACTUATOR_HOLD_SPEED), one = SPLAT(1.0);
  held = SELECT(held > zero, held, zero);
  NUMBER standing = SELECT(tau < zero, -held, held);
  NUMBER geared = SELECT(share >= one, moving, standing + (moving - standing) * share);

  p->motor_torque = geared + a->rotor_inertia * *acceleration;
  p->mechanical = tau * w;
  p->rotor = a->rotor_inertia * *acceleration * w;
  p->copper = p->motor_torque * p->motor_torque * copper * *warm;
  p->gear = (moving - output) * w * SELECT(share >= one, one, share);
  p->friction = SELECT(share >= one, against * w, geared * w - p->mechanical - p->gear);     // in the blend: what is left over
  NUMBER drawn = p->motor_torque * w + p->copper;
  p->inverter = a->inverter * ABSOLUTE(drawn);
  p->electrical = drawn + p->inverter;
}

#ifdef DRIVE_ROWS
// One joint of rows from .. to-1; both multiples of LANES.
TARGET static void KERNEL(rows)(const struct drive_tick *t, const struct drive_columns *c, int from, int to, int row) {
  const struct actuator a = t->actuator;
  const struct heat_step h = t->heat;
  const double wear = t->wear, limit = a.winding_limit, ambient = c->ambient, peak = 1 / a.torque_peak;
  const NUMBER zero = {0}, one = SPLAT(1.0);
#define AT(column) (*(NUMBER *)(c->column + r))
#define IN(column) (*(const NUMBER *)(c->column + row + r))
#define STATE(column) (*(NUMBER *)(c->column + row + r))
  for (int r = from; r < to; r += LANES) {
    NUMBER winding = STATE(winding), housing = STATE(housing);
    NUMBER warm = 1 + a.copper_coefficient * (winding - HEAT_REFERENCE);
    struct KERNEL(power) p;
    KERNEL(drive)(&p, &a, &IN(tau), &IN(w), &IN(dw), &warm);

    // torque asked against the derated peak
    NUMBER share = (limit - winding) * (1 / HEAT_DERATING);
    share = SELECT(share > one, one, SELECT(share < zero, zero, share));
    NUMBER over = ABSOLUTE(p.motor_torque) * peak - share;
    AT(excess) = SELECT(over > AT(excess), over, AT(excess));

    // heat_step_run
    NUMBER other = p.gear + p.friction + p.inverter;
    NUMBER housing_end = ambient + h.outer * (p.copper + other), winding_end = housing_end + h.inner * p.copper;
    NUMBER x = winding - winding_end, y = housing - housing_end;
    STATE(winding) = winding_end + h.e11 * x + h.e12 * y;
    STATE(housing) = housing_end + h.e21 * x + h.e22 * y;

    STATE(damage) += ABSOLUTE(p.motor_torque * p.motor_torque * p.motor_torque * IN(w)) * wear;
    AT(electrical) += p.electrical;
    AT(mechanical) += p.mechanical;
    AT(heat) += p.copper + other;
    AT(rotor) += p.rotor;
  }
#undef AT
#undef IN
#undef STATE
}
#endif

#undef NUMBER
#undef TARGET
#undef SELECT
#undef ABSOLUTE
#undef SPLAT
#undef LANES
#undef KERNEL
