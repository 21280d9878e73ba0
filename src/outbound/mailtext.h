/* What our mails say, as plain text and as HTML. Texts of people are escaped (behaviour 19.1, 9.4: the intended rule), and
   the controls in them dropped. */
#ifndef OUTBOUND_MAILTEXT_H
#define OUTBOUND_MAILTEXT_H

#include <stdbool.h>

#include "common/buf.h"
#include "store/store.h"

/* How a transcript is written: for whom, and what may be seen. Borrowed. */
struct transcript_style {
    const char *language, *zone;       /* as moment_style_new */
    bool show_agents;                  /* Livechat_show_agent_info */
};

/* The chat m->rid as it was at m->created_ms, oldest first: visible messages without navigation, commands, start and end.
   Reads the store page by page: on the pool. When it is too long, its beginning is left out and the mail says so. False:
   there is no such chat any more. */
bool mailtext_transcript(struct store_reader *r, const struct store_mail *m, const struct transcript_style *style,
                         struct buf *text, struct buf *html);

/* What a visitor left by the offline form. */
void mailtext_offline(const struct store_mail *m, struct buf *text, struct buf *html);

/* "Livechat offline message from <name>: " and the beginning of the message. Caller frees. */
char *mailtext_offline_subject(const struct store_mail *m);

#endif
