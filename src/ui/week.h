/* The week of business hours as a grid that is painted with the keys: seven lines, a cell for half an hour (an hour
   where it is narrow). */
#ifndef UI_WEEK_H
#define UI_WEEK_H

#include "client/record.h"
#include "ui/ui_priv.h"

struct week {
    int day;          /* 0 Monday … 6 Sunday, as shown */
    int minute;       /* of the cell under the cursor */
    int anchor;       /* minute where painting began, -1: not painting */
};

#define WEEK_ROWS 8   /* hours above, seven days */

void week_paint(struct pane *p, const struct week *w, const struct record_value *v, struct rect r, bool mine);
/* False: the command is none of the week's, or the cursor cannot go further up or down. */
bool week_command(struct week *w, struct record_value *v, enum command_id id);
/* The times of the day under the cursor as they are typed: "08:00-20:00" or "closed"; caller frees. */
char *week_times(const struct week *w, const struct record_value *v);
int week_set_times(const struct week *w, struct record_value *v, const char *text, struct error *err);
const char *week_day_name(const struct week *w);

#endif
