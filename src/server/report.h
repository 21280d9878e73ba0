/* The frame of endpoints that answer with numbers of a period: start, end and departmentId in, JSON out. */
#ifndef SERVER_REPORT_H
#define SERVER_REPORT_H

#include "server/api.h"
#include "server/numbers.h"

/* Reads the period and has it counted; done gets the struct numbers. what is kept in it. */
void report_ask(struct api *a, numbers_count count, const void *what, api_done_fn done);
/* departmentId; NULL: none is asked for. */
const char *report_department(const struct api *a);

#endif
