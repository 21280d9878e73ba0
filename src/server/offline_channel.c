#include "server/offline_channel.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "server/setting.h"

#define LONG_TEXT 1000                 /* bytes */

/* At the begin of a character, with dots behind. */
static void cut(char *text)
{
    size_t n = LONG_TEXT - 4;
    while (n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80)
        n--;
    strcpy(text + n, "…");
}

static char *text_of(const struct offline_message *m, const struct department *d)
{
    struct buf out = BUF_INIT;
    buf_puts(&out, "A new Livechat offline Message has been sent:\n");
    if (m->host)
        buf_printf(&out, "Sent from: %s\n", m->host);
    buf_printf(&out, "Visitor Name: %s\nVisitor E-mail: %s\n", m->name, m->email);
    if (d)
        buf_printf(&out, "Department: %s\n", d->name);
    buf_printf(&out, "Message: %s", m->text);
    return buf_take(&out);
}

/* By this the message is found when the visitor is erased. */
static char *mark_of(const struct offline_message *m)
{
    AUTO_FREE char *email = x_strdup(m->email);
    for (char *p = email; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    json_t *mark = json_pack("{s:s}", "offlineEmail", email);
    char *text = json_dumps(mark, JSON_COMPACT);
    json_decref(mark);
    return text;
}

void offline_to_channel(struct server *s, const struct offline_message *m)
{
    const struct core *c = s->core;
    const struct department *d = m->department ? core_department(c, m->department) : NULL;
    const struct user *cat = core_user(c, "rocket.cat");
    if (cat == NULL || !setting_bool(c, "Livechat_OfflineMessageToChannel_enabled", false))
        return;
    const char *name = d && d->offline_channel && *d->offline_channel
                           ? d->offline_channel
                           : setting_text(c, "Livechat_OfflineMessageToChannel_channel_name", "");
    const struct channel *ch = *name ? core_channel_by_name(c, name) : NULL;
    if (ch == NULL || ch->archived)
        return;
    AUTO_FREE char *text = text_of(m, d);
    AUTO_FREE char *mark = mark_of(m);
    struct result result;
    struct command cmd = server_command(COMMAND_MESSAGE_SEND, cat);
    cmd.message.rid = ch->id;
    cmd.message.text = text;
    cmd.message.extra = mark;
    if (server_step(s, &cmd, &result) != ERR_OK && strlen(text) > LONG_TEXT) { /* longer than messages may be */
        cut(text);
        server_step(s, &cmd, &result);
    }
}
