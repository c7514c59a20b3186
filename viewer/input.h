// Keys, mouse and wheel to what the room does itself and what it wishes from the source.
#pragma once

#include <SDL_events.h>

#include "viewer/room.h"

// zoom: UI scale wished by Ctrl + and -, multiplied in place. ratio: UI px in one window coordinate.
struct wished input_event(struct room *r, const SDL_Event *e, float ratio, const struct show *s, float *zoom);
// Keys that are held down move the hall; also the camera's glide. Returns whether the hall moved.
bool          input_step(struct room *r, double seconds);
