// The one fitted number: the factor on all motor constants with which walking takes the power that was published.
//
// Motor constants of the drives are estimates, good to some tens of per cent (robot.yaml says so). The walk heel to toe on level
// floor at calibration.speed is solved once; its motion does not depend on the motors, so only its power is taken
// again for each factor tried. Every other figure is then a prediction.
#pragma once

#include "robots/gait.h"
#include "robots/spec.h"

#define CALIBRATION_LEAST 0.80      // the factors that an estimate may be wrong by
#define CALIBRATION_MOST  1.35

// Scale spec (robot_spec_scale) so that its calibration holds; nothing is done when it names none. STATUS_RANGE, with the
// nearest factor of the range set, when none within CALIBRATION_LEAST .. CALIBRATION_MOST does.
enum status gait_calibrate(struct robot_spec *spec, const struct humanoid *h, struct error *e);
