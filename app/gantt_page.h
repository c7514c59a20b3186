// The fixed parts of the Gantt page (app/gantt.c): style, body, script. The data stand before the script.
#pragma once

extern const char gantt_page_style[], gantt_page_body[], gantt_page_script[];
