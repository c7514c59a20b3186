-- Takt: build description for Premake 5 and for Debian's premake4.
--
--   premake4 --file=premake5.lua gmake          (or: premake5 gmake)
--   make -C build config=release                build/takt
--   make -C build config=debug                  build/takt-debug
--   make -C build config=sanitize               build/takt-sanitize    ASan and UBSan
--   make -C build config=release CC=clang       the same bits with the other compiler

if not workspace then               -- Debian's premake4: teach it the newer words
  workspace = solution
  function filter(terms)
    local plain = {}
    for _, term in ipairs(type(terms) == "table" and terms or { terms }) do plain[#plain + 1] = term:gsub("^%a+:", "") end
    configuration(plain)
  end
  function symbols(value)  if value == "On" then flags { "Symbols" } end end
  function optimize(value) if value == "Speed" then flags { "OptimizeSpeed" } end end
  function cdialect(name)  buildoptions { "-std=" .. name:lower() } end
end

local function flags_of(packages, what)
  local pipe = io.popen("pkg-config --" .. what .. " " .. packages)
  local text = pipe:read("*l") or ""
  pipe:close()
  return text
end

workspace "takt"
  configurations { "release", "debug", "sanitize" }
  location "build"
  language "C"
  cdialect "gnu17"
  symbols "On"
  includedirs { "." }
  -- asserts stay on in release; no contraction and no fast-math, so that every compiler gives the same bits
  buildoptions { "-Wall", "-Wextra", "-Werror", "-ffp-contract=off", "-fno-strict-aliasing" }
  filter "configurations:release"
    optimize "Speed"
    buildoptions { "-O3" }
    objdir "build/obj/release"
  filter "configurations:debug"
    buildoptions { "-O0" }
    objdir "build/obj/debug"
  filter "configurations:sanitize"
    buildoptions { "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer" }
    linkoptions { "-fsanitize=address,undefined" }
    objdir "build/obj/sanitize"
  filter {}

-- premake4's makefiles make the folders of a project beside its first objects, a race that make -j can lose
local function make_folders(name)
  for _, config in ipairs { "release", "debug", "sanitize" } do
    os.mkdir("build/obj/" .. config .. "/" .. config .. "/" .. name)
    os.mkdir("build/lib/" .. config)
  end
end

-- a room: one folder, one static library for each configuration
local function room(folder, packages)
  local name = folder:gsub("/", "-")
  make_folders(name)
  project(name)
    kind "StaticLib"
    files { folder .. "/**.h", folder .. "/**.c" }
    if packages then buildoptions { flags_of(packages, "cflags") } end
    filter "configurations:release"  targetdir "build/lib/release"
    filter "configurations:debug"    targetdir "build/lib/debug"
    filter "configurations:sanitize" targetdir "build/lib/sanitize"
    filter {}
end

-- a program: linked from the rooms it names, lowest last; `others` are libraries for which Debian has no .pc file
local function program(name, sources, rooms, packages, others)
  make_folders(name)
  project(name)
    kind "ConsoleApp"
    files(sources)
    links(rooms)
    if packages then
      buildoptions { flags_of(packages, "cflags") }
      for name in flags_of(packages, "libs"):gmatch("%-l(%S+)") do links { name } end   -- after the rooms that need them
    end
    if others then links(others) end
    links { "m" }                   -- pictures, tables and tests; nothing that reaches the twin's state
    targetdir "build"
    filter "configurations:debug"    targetsuffix "-debug"
    filter "configurations:sanitize" targetsuffix "-sanitize"
    filter {}
end

-- an example of a policy of one's own (docs/policy.md): build/patient.so
make_folders("patient")
project "patient"
  kind "SharedLib"
  files { "policies/patient.c" }
  buildoptions { "-fPIC" }
  targetprefix ""
  targetdir "build"
  filter "configurations:debug"    targetsuffix "-debug"
  filter "configurations:sanitize" targetsuffix "-sanitize"
  filter {}

room("base",      "yaml-0.1")
room("robots",    "expat")
room("scheduler")
room("stream",    "libuv msgpack libzstd")
room("engine/layout")
room("engine/world")
room("engine/measure")
room("engine/sim")
room("study",     "sqlite3")
room("viewer",    "sdl2 SDL2_ttf libpng")

local libraries = "yaml-0.1 expat libuv msgpack libzstd sdl2 SDL2_ttf libpng sqlite3"
local rooms     = { "viewer", "study", "stream", "engine-sim", "engine-measure", "engine-world", "engine-layout", "scheduler", "robots", "base" }

program("takt",      { "app/**.h", "app/**.c" },                                rooms, libraries, { "chipmunk" })
program("takt-test", { "tests/*.h", "tests/*.c", "app/validate_cases.c", "app/decisions.c" },      rooms, libraries .. " cmocka", { "chipmunk" })

-- the humanoid library by itself (robots/README.md): build/humanoid
program("humanoid", { "examples/humanoid.c" }, { "robots", "base" }, "yaml-0.1 expat")
