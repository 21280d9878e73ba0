/* Calls by a conference service: what their visitor says to them. */
#ifndef SERVER_CALLS_H
#define SERVER_CALLS_H

#include "server/server.h"

/* He accepts or declines the call (behaviour 17.2). What is no call of an open chat of his is left alone, as
   livechat/visitor.callStatus refuses nothing. */
void calls_told_by_visitor(struct server *s, const struct visitor *v, const char *rid, const char *call_id,
                           const char *status);

#endif
