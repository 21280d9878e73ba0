/* What the parts of the made-up client know of each other. */
#ifndef TESTS_TUI_UIFAKE_H
#define TESTS_TUI_UIFAKE_H

#include "client/record.h"

void fake_changed(unsigned bits, const char *rid);   /* tells the console */
void fake_records(bool empty);                       /* fills the lists; USHER_UIFAKE_MISSING: a right one lacks */
void fake_change_record(const char *line);             /* "tags g0 description=x" */
void fake_tag(const char *name);                     /* somebody else makes a tag */

#endif
