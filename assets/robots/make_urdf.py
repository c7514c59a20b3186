#!/usr/bin/env python3
"""Writes optimus-gen2.urdf and optimus-v3.urdf: a person's proportions as a robot's tree.

    assets/robots/make_urdf.py gen2 > assets/robots/optimus-gen2/optimus-gen2.urdf
    assets/robots/make_urdf.py v3   > assets/robots/optimus-v3/optimus-v3.urdf

Masses, centres of mass and radii of gyration: de Leva, Adjustments to Zatsiorsky-Seluyanov's segment
inertia parameters, J. Biomechanics 29 (1996) 1223-1230, table 4, males; lengths scaled from his 1.741 m.
Joint centres of legs as in HIP, THIGH ... below. No drawing of the robot is public: that its segments
weigh what a person's do, in proportion, is a guess, as is every axis, range and place named here.

Frames: x ahead, y left, z up; at q = 0 it stands straight with hanging arms, palms to the thighs. The root
`pelvis` lies in the middle between the hip joints.
"""
import sys

MASS, HEIGHT = 56.0, 1.73           # kg, m   2021 concept: 56.6 kg, 1.73 m
SCALE = HEIGHT / 1.741              # of de Leva's mean man

# de Leva: mass %, length mm, centre of mass % from the upper end, radii of gyration % (x, y, z of ours at q = 0)
SEGMENT = {
    "head":      (6.94, 203.3, 59.76, 36.2, 37.6, 31.2),     # vertex - gonion
    "upper":     (15.96, 170.7, 29.99, 71.6, 45.4, 65.9),    # suprasternale - xiphion
    "middle":    (16.33, 215.5, 45.02, 48.2, 38.3, 46.8),    # xiphion - navel
    "lower":     (11.17, 145.7, 61.15, 61.5, 55.1, 58.7),    # navel - hips
    "upper_arm": (2.71, 281.7, 57.72, 28.5, 26.9, 15.8),
    "forearm":   (1.62, 268.9, 45.74, 27.6, 26.5, 12.1),
    "hand":      (0.61, 86.2),                               # wrist - third knuckle
    "thigh":     (14.16, 422.2, 40.95, 32.9, 32.9, 14.9),
    "shank":     (4.33, 434.0, 44.59, 25.5, 24.9, 10.3),
    "foot":      (1.37, 258.1, 44.15, 12.4, 24.5, 25.7),     # heel - toe, along x
}

HIP, THIGH, SHANK, ANKLE = 0.085, 0.424, 0.426, 0.0865       # m  half distance of the hips; lengths; height of the ankle
HEEL, TOE, SOLE_IN, SOLE_OUT = -0.07, 0.19, 0.04, 0.05       # m  sole from the ankle: along x; half widths to either side
UPPER_ARM, FOREARM = 0.2817 * SCALE, 0.2689 * SCALE
TRUNK = 0.9435                      # of de Leva's lengths above the hips, so that the vertex comes to 1.73 m
VERTEX = HEIGHT - THIGH - SHANK - ANKLE                      # m  above the hips
NAVEL = 0.1457 * SCALE * TRUNK
XIPHION = NAVEL + 0.2155 * SCALE * TRUNK
SUPRASTERNALE = XIPHION + 0.1707 * SCALE * TRUNK
NECK = VERTEX - 0.2429 * SCALE * TRUNK                       # cervicale
SHOULDER_Y, SHOULDER_Z = 0.19, 0.47                          # m  guess


class Body:
    """A rigid body: mass, centre of mass, inertia about it as (xx, yy, zz), axes parallel to x, y, z."""

    def __init__(self, mass, com, inertia):
        self.mass, self.com, self.inertia = mass, com, inertia

    def moved(self, by):
        return Body(self.mass, [c + b for c, b in zip(self.com, by)], self.inertia)


def ball(mass, radius, at=(0, 0, 0)):
    return Body(mass, list(at), [0.4 * mass * radius * radius] * 3)


def rod(mass, radius, length, at):
    """A solid cylinder along z, its middle at `at`."""
    side = mass * (3 * radius * radius + length * length) / 12
    return Body(mass, list(at), [side, side, 0.5 * mass * radius * radius])


def about(body, com):
    x, y, z = (c - o for c, o in zip(body.com, com))
    m = body.mass
    return [body.inertia[0] + m * (y * y + z * z), body.inertia[1] + m * (x * x + z * z),
            body.inertia[2] + m * (x * x + y * y)], [-m * x * y, -m * x * z, -m * y * z]


def combined(bodies):
    mass = sum(b.mass for b in bodies)
    com = [sum(b.mass * b.com[k] for b in bodies) / mass for k in range(3)]
    return Body(mass, com, [sum(about(b, com)[0][k] for b in bodies) for k in range(3)])


def without(whole, parts):
    """What is left of a segment when the bodies of its own joints are taken off; products of inertia in .products."""
    mass = whole.mass - sum(p.mass for p in parts)
    com = [(whole.mass * whole.com[k] - sum(p.mass * p.com[k] for p in parts)) / mass for k in range(3)]
    moment, product = about(whole, com)
    for p in parts:
        m, c = about(p, com)
        moment = [a - b for a, b in zip(moment, m)]
        product = [a - b for a, b in zip(product, c)]
    rest = Body(mass, com, moment)
    rest.products = product
    return rest


def segment(name, top, length):
    """De Leva's segment hanging down from `top`, its radii of gyration taken of `length`."""
    share, _, com, rx, ry, rz = SEGMENT[name]
    mass = MASS * share / 100
    return Body(mass, [0, 0, top - com / 100 * length], [mass * (r / 100 * length) ** 2 for r in (rx, ry, rz)])


# ---- writing -------------------------------------------------------------------------------------------

def number(x):
    text = "%.9g" % (0.0 if abs(x) < 1e-12 else x)
    return text


def triple(v):
    return " ".join(number(x) for x in v)


def link(name, body=None, visual=""):
    if body is None:
        print(f'  <link name="{name}"/>')
        return
    xy, xz, yz = getattr(body, "products", (0, 0, 0))
    xx, yy, zz = body.inertia
    assert body.mass > 0
    assert xx + yy > zz
    assert yy + zz > xx
    assert zz + xx > yy
    print(f'  <link name="{name}">')
    print(f'    <inertial>\n      <origin xyz="{triple(body.com)}"/>\n      <mass value="{number(body.mass)}"/>')
    print(f'      <inertia ixx="{number(xx)}" iyy="{number(yy)}" izz="{number(zz)}"'
          f' ixy="{number(xy)}" ixz="{number(xz)}" iyz="{number(yz)}"/>\n    </inertial>')
    if visual:
        print(visual)
    print("  </link>")


def visual(at, shape):
    return f'    <visual><origin xyz="{triple(at)}"/><geometry>{shape}</geometry></visual>'


def box(at, size):
    return visual(at, f'<box size="{triple(size)}"/>')


def cylinder(at, radius, length):
    return visual(at, f'<cylinder radius="{number(radius)}" length="{number(length)}"/>')


def joint(name, parent, child, at, axis, lower, upper, effort, velocity, mimic=None):
    print(f'  <joint name="{name}" type="revolute">')
    print(f'    <parent link="{parent}"/>\n    <child link="{child}"/>\n    <origin xyz="{triple(at)}"/>\n    <axis xyz="{triple(axis)}"/>')
    print(f'    <limit lower="{number(lower)}" upper="{number(upper)}" effort="{number(effort)}" velocity="{number(velocity)}"/>')
    if mimic:
        print(f'    <mimic joint="{mimic[0]}" multiplier="{number(mimic[1])}"/>')
    print("  </joint>")


def fixed(name, parent, child, at):
    print(f'  <joint name="{name}" type="fixed">\n    <parent link="{parent}"/>\n    <child link="{child}"/>\n    <origin xyz="{triple(at)}"/>\n  </joint>')


X, Y, Z = (1, 0, 0), (0, 1, 0), (0, 0, 1)


# ---- the body ------------------------------------------------------------------------------------------

def leg(side, s, drive):
    """Hip yaw, roll, pitch in one point; knee; ankle pitch and roll in one point. s: 1 left, -1 right."""
    yaw, roll = ball(0.6, 0.05), ball(0.6, 0.05)
    ankle = ball(0.05, 0.02)
    thigh = without(segment("thigh", 0, THIGH), [yaw, roll])
    shank = segment("shank", 0, SHANK)
    foot = segment("foot", 0, 0)
    length = 0.2581 * SCALE
    foot.com = [-0.25 * length + 0.4415 * length, 0, -0.5 * ANKLE]       # guess: the ankle lies a quarter of the foot ahead of the heel
    foot.inertia = [foot.mass * (r / 100 * length) ** 2 for r in SEGMENT["foot"][3:]]
    foot = without(foot, [ankle])

    def turned(lower, upper):
        return (lower, upper) if s > 0 else (-upper, -lower)

    joint(f"{side}_hip_yaw", "pelvis", f"{side}_hip_yaw_link", (0, s * HIP, 0), Z, *turned(-0.8, 0.8), *drive["r110"])
    link(f"{side}_hip_yaw_link", yaw)
    joint(f"{side}_hip_roll", f"{side}_hip_yaw_link", f"{side}_hip_roll_link", (0, 0, 0), X, *turned(-0.45, 0.9), *drive["r180"])
    link(f"{side}_hip_roll_link", roll)
    joint(f"{side}_hip_pitch", f"{side}_hip_roll_link", f"{side}_thigh", (0, 0, 0), Y, -2.1, 0.9, *drive["l8000"])
    link(f"{side}_thigh", thigh, cylinder((0, 0, -THIGH / 2), 0.065, 0.36))
    joint(f"{side}_knee", f"{side}_thigh", f"{side}_shank", (0, 0, -THIGH), Y, 0, 2.5, *drive["l8000"])
    link(f"{side}_shank", shank, cylinder((0, 0, -SHANK / 2), 0.045, 0.38))
    joint(f"{side}_ankle_pitch", f"{side}_shank", f"{side}_ankle_link", (0, 0, -SHANK), Y, -0.9, 1.0, *drive["l3900_pair"])
    link(f"{side}_ankle_link", ankle)
    joint(f"{side}_ankle_roll", f"{side}_ankle_link", f"{side}_foot", (0, 0, 0), X, *turned(-0.5, 0.5), *drive["l3900_roll"])
    outline = box(((HEEL + TOE) / 2, s * (SOLE_OUT - SOLE_IN) / 2, -ANKLE + 0.015), (TOE - HEEL, SOLE_IN + SOLE_OUT, 0.03))
    link(f"{side}_foot", foot, outline)
    fixed(f"{side}_sole_joint", f"{side}_foot", f"{side}_sole", (0, 0, -ANKLE))
    link(f"{side}_sole")


def trunk(drive):
    lower = segment("lower", NAVEL, 0.1457 * SCALE * TRUNK)
    lower.inertia = [lower.mass * (r / 100 * 0.1457 * SCALE) ** 2 for r in SEGMENT["lower"][3:]]
    middle = segment("middle", XIPHION, 0.2155 * SCALE)
    middle.com[2] = XIPHION - 0.4502 * 0.2155 * SCALE * TRUNK
    upper = segment("upper", SUPRASTERNALE, 0.1707 * SCALE)
    upper.com[2] = SUPRASTERNALE - 0.2999 * 0.1707 * SCALE * TRUNK
    head = segment("head", VERTEX - NECK, 0.2033 * SCALE)
    head.com[2] = VERTEX - NECK - 0.5976 * 0.2033 * SCALE * TRUNK
    waist, neck = ball(0.8, 0.05), ball(0.2, 0.03)

    link("pelvis", lower, box((0, 0, 0.06), (0.16, 0.26, 0.16)))
    joint("waist_yaw", "pelvis", "waist_link", (0, 0, NAVEL), Z, -1.2, 1.2, *drive["r180"])
    link("waist_link", waist)
    torso = without(combined([middle, upper]), [waist.moved((0, 0, NAVEL)), neck.moved((0, 0, NECK))])
    joint("waist_pitch", "waist_link", "torso", (0, 0, 0), Y, -0.4, 1.2, *drive["r180"])
    link("torso", torso.moved((0, 0, -NAVEL)), box((0, 0, 0.19), (0.2, 0.32, 0.34)))
    joint("neck_yaw", "torso", "neck_link", (0, 0, NECK - NAVEL), Z, -1.4, 1.4, *drive["r20"])
    link("neck_link", neck)
    joint("neck_pitch", "neck_link", "head", (0, 0, 0), Y, -0.6, 0.8, *drive["r20"])
    link("head", head, box((0.01, 0, 0.14), (0.18, 0.15, 0.2)))
    fixed("crown_joint", "head", "crown", (0, 0, VERTEX - NECK))
    link("crown")


def arm(side, s, drive, hand):
    """Shoulder pitch, roll, yaw in one point; elbow; forearm roll and wrist flexion in one point."""
    pitch, roll = ball(0.08, 0.03), ball(0.08, 0.03)
    wrist = ball(0.08, 0.02, (0, 0, -FOREARM))
    upper_arm = without(segment("upper_arm", 0, UPPER_ARM), [pitch, roll])
    forearm = without(segment("forearm", 0, FOREARM), [wrist])

    def turned(lower, upper):
        return (lower, upper) if s > 0 else (-upper, -lower)

    joint(f"{side}_shoulder_pitch", "torso", f"{side}_shoulder_pitch_link", (0, s * SHOULDER_Y, SHOULDER_Z - NAVEL), Y, -3.0, 1.0, *drive["r110"])
    link(f"{side}_shoulder_pitch_link", pitch)
    joint(f"{side}_shoulder_roll", f"{side}_shoulder_pitch_link", f"{side}_shoulder_roll_link", (0, 0, 0), X, *turned(-0.3, 2.8), *drive["r110"])
    link(f"{side}_shoulder_roll_link", roll)
    joint(f"{side}_shoulder_yaw", f"{side}_shoulder_roll_link", f"{side}_upper_arm", (0, 0, 0), Z, *turned(-1.6, 1.6), *drive["r110"])
    link(f"{side}_upper_arm", upper_arm, cylinder((0, 0, -UPPER_ARM / 2), 0.04, 0.24))
    joint(f"{side}_elbow", f"{side}_upper_arm", f"{side}_forearm", (0, 0, -UPPER_ARM), Y, -2.4, 0, *drive["l3900"])
    link(f"{side}_forearm", forearm, cylinder((0, 0, -FOREARM / 2), 0.035, 0.23))
    joint(f"{side}_wrist_roll", f"{side}_forearm", f"{side}_wrist_link", (0, 0, -FOREARM), Z, *turned(-1.6, 1.6), *drive["r20"])
    link(f"{side}_wrist_link", wrist.moved((0, 0, FOREARM)))
    joint(f"{side}_wrist_pitch", f"{side}_wrist_link", f"{side}_hand", (0, 0, 0), X, *turned(-1.0, 1.0), *drive["l500"])
    hand(side, s, drive)
    fixed(f"{side}_grip_joint", f"{side}_hand", f"{side}_grip", (0, -s * 0.04, -0.09))
    link(f"{side}_grip")


# ---- hands: the wrist's frame, fingers down, palm towards the body (-s y), thumb ahead (+x) -------------

KNUCKLE = 0.0862 * SCALE            # m  from the wrist
FINGERS = (("index", 0.033, 0.045, 0.024, 0.019), ("middle", 0.011, 0.050, 0.028, 0.021),       # x, three lengths (m), guess
           ("ring", -0.011, 0.046, 0.026, 0.021), ("little", -0.033, 0.036, 0.020, 0.018))
RADIUS = 0.008                      # m  of a finger
DENSITY = 1100.0                    # kg/m3  guess: of a finger and all in it


def phalanx(length):
    return rod(DENSITY * 3.14159265 * RADIUS * RADIUS * length, RADIUS, length, (0, 0, -length / 2))


def palm(side, parts):
    """A plate of the mass that the fingers leave of de Leva's hand; with straight fingers the hand is longer than his fist."""
    mass = MASS * SEGMENT["hand"][0] / 100 - sum(p.mass for p in parts)
    wide, thick = 0.085, 0.03
    inertia = [mass * (a * a + b * b) / 12 for a, b in ((thick, KNUCKLE), (wide, KNUCKLE), (wide, thick))]
    middle = (0, 0, -KNUCKLE / 2)
    link(f"{side}_hand", Body(mass, middle, inertia), box(middle, (wide, thick, KNUCKLE)))


def shape(length):
    return cylinder((0, 0, -length / 2), RADIUS, length)


def hand_of_11(side, s, drive):
    """11 degrees of freedom, 6 actuators: two for the thumb, one a finger; the far joints follow by tendon."""
    thumb = [(0.03, -s * 0.02, -0.03), 0.03, 0.032, 0.028]
    parts, pieces = [], []

    # flexion turns the tips towards the palm; a flexed finger's joint is positive on both sides of the body
    at, total = thumb[0], 0
    for k, length in enumerate(thumb[1:]):
        pieces.append((f"{side}_thumb_{k + 1}", phalanx(length), length))
        parts.append(pieces[-1][1].moved((at[0], at[1], at[2] - total)))
        total += length
    for name, x, a, b, c in FINGERS:
        pieces += [(f"{side}_{name}_1", phalanx(a), a), (f"{side}_{name}_2", phalanx(b + c), b + c)]
        parts += [pieces[-2][1].moved((x, 0, -KNUCKLE)), pieces[-1][1].moved((x, 0, -KNUCKLE - a))]
    palm(side, parts)

    flex = (-s, 0, 0)
    effort = drive["finger"]
    joint(f"{side}_thumb_swing", f"{side}_hand", f"{side}_thumb_1", at, (0, 0, s), 0, 1.6, *effort)
    joint(f"{side}_thumb_flex", f"{side}_thumb_1", f"{side}_thumb_2", (0, 0, -thumb[1]), flex, 0, 1.0, *effort)
    joint(f"{side}_thumb_tip", f"{side}_thumb_2", f"{side}_thumb_3", (0, 0, -thumb[2]), flex, 0, 1.0, *effort, (f"{side}_thumb_flex", 1.0))
    for name, x, a, b, c in FINGERS:
        joint(f"{side}_{name}_flex", f"{side}_hand", f"{side}_{name}_1", (x, 0, -KNUCKLE), flex, 0, 1.6, *effort)
        joint(f"{side}_{name}_tip", f"{side}_{name}_1", f"{side}_{name}_2", (0, 0, -a), flex, 0, 1.6, *effort, (f"{side}_{name}_flex", 1.0))
    for name, body, length in pieces:
        link(name, body, shape(length))


def hand_of_22(side, s, drive):
    """22 degrees of freedom, each driven (guess): thumb 5, fingers 4 each, and the little finger's palm bone."""
    bend = ball(0.004, 0.006)                                # between two axes that meet
    thumb = (0.03, -s * 0.02, -0.03)
    parts, rows = [], []                                     # rows: joint, parent, child, at, axis, lower, upper, body, drawing

    def add(name, parent, child, at, axis, lower, upper, body, drawing, place):
        rows.append((name, parent, child, at, axis, lower, upper, body, drawing))
        parts.append(body.moved(place))

    flex, spread = (-s, 0, 0), (0, s, 0)
    add(f"{side}_thumb_swing", f"{side}_hand", f"{side}_thumb_root", thumb, (0, 0, s), 0, 1.6, bend, "", thumb)
    add(f"{side}_thumb_lift", f"{side}_thumb_root", f"{side}_thumb_1", (0, 0, 0), flex, -0.2, 0.9, phalanx(0.03), shape(0.03), thumb)
    at = (thumb[0], thumb[1], thumb[2] - 0.03)
    add(f"{side}_thumb_spread", f"{side}_thumb_1", f"{side}_thumb_bend", (0, 0, -0.03), spread, -0.4, 0.4, bend, "", at)
    add(f"{side}_thumb_flex", f"{side}_thumb_bend", f"{side}_thumb_2", (0, 0, 0), flex, 0, 1.0, phalanx(0.032), shape(0.032), at)
    at = (thumb[0], thumb[1], thumb[2] - 0.062)
    add(f"{side}_thumb_tip", f"{side}_thumb_2", f"{side}_thumb_3", (0, 0, -0.032), flex, 0, 1.4, phalanx(0.028), shape(0.028), at)
    for name, x, a, b, c in FINGERS:
        root, knuckle = f"{side}_hand", (x, 0, -KNUCKLE)
        if name == "little":
            add(f"{side}_little_palm", root, f"{side}_little_palm_bone", (x, 0, -KNUCKLE / 2), flex, 0, 0.7, bend, "", (x, 0, -KNUCKLE / 2))
            root, knuckle = f"{side}_little_palm_bone", (0, 0, -KNUCKLE / 2)
        at = (x, 0, -KNUCKLE)
        add(f"{side}_{name}_spread", root, f"{side}_{name}_root", knuckle, spread, -0.35, 0.35, bend, "", at)
        add(f"{side}_{name}_flex", f"{side}_{name}_root", f"{side}_{name}_1", (0, 0, 0), flex, -0.2, 1.6, phalanx(a), shape(a), at)
        add(f"{side}_{name}_middle", f"{side}_{name}_1", f"{side}_{name}_2", (0, 0, -a), flex, 0, 1.7, phalanx(b), shape(b), (x, 0, -KNUCKLE - a))
        add(f"{side}_{name}_tip", f"{side}_{name}_2", f"{side}_{name}_3", (0, 0, -b), flex, 0, 1.4, phalanx(c), shape(c), (x, 0, -KNUCKLE - a - b))
    palm(side, parts)
    for name, parent, child, where, axis, lower, upper, body, drawing in rows:
        joint(name, parent, child, where, axis, lower, upper, *drive["finger"])
        link(child, body, drawing)


# ---- the two robots ------------------------------------------------------------------------------------

# peak torque N m, speed rad/s at the joint; torques of rotary drives and forces of linear ones are published classes, lever arms and
# speeds are guesses (robot.yaml has the same figures and the test compares them)
GEN2 = {"r20": (20, 12), "r110": (110, 10), "r180": (180, 8), "l500": (15, 12), "l3900": (117, 12), "l3900_pair": (312, 12),
        "l3900_roll": (156, 12), "l8000": (360, 12), "finger": (1.5, 10)}
V3 = dict(GEN2, r180=(180, 10), l8000=(360, 16), l3900_pair=(312, 16), l3900_roll=(156, 16), finger=(1.5, 14))


def main():
    which = {"gen2": ("optimus-gen2", GEN2, hand_of_11, "28 structural actuators (legs 12, waist 2, neck 2, arms 12) and 6 in each hand of 11 degrees of freedom"),
             "v3": ("optimus-v3", V3, hand_of_22, "28 structural actuators as in optimus-gen2 and hands of 22 degrees of freedom, each driven")}
    if len(sys.argv) != 2 or sys.argv[1] not in which:
        sys.exit(__doc__)
    name, drive, hand, what = which[sys.argv[1]]
    print('<?xml version="1.0"?>')
    print(f"""<!-- Written by assets/robots/make_urdf.py: change that, not this.
  {what}; {HEIGHT:g} m, {MASS:g} kg.
  Segment masses, centres of mass and inertias: de Leva, J. Biomechanics 29 (1996) 1223, males, scaled. No drawing of the
  robot is public: proportions, axes, ranges and speeds are guesses; see robot.yaml beside this file.
  x ahead, y left, z up. -->""")
    print(f'<robot name="{name}">')
    trunk(drive)
    for side, s in (("left", 1), ("right", -1)):
        leg(side, s, drive)
    for side, s in (("left", 1), ("right", -1)):
        arm(side, s, drive, hand)
    print("</robot>")


main()
